import { AppError } from "../../../core/mod.ts";

/** What is wrong with the growing file itself and would be again: the upload ends by it, and nothing is left. */
export class UploadOver extends AppError {
  /** `also` ends the message. */
  static by(error: AppError, also = "nothing of it was kept"): UploadOver {
    const { code, message, details } = error;
    return new UploadOver(code, `${message}; ${also}`, { details, cause: error });
  }
}
