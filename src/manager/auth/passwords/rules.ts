import { AppError } from "../../../core/mod.ts";

const MIN_LENGTH = 12;
const MAX_LENGTH = 256;
const MIN_DIFFERENT = 5;
const USER_NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;
/** Who does something without being a user; the audit must not take one for the other. */
const RESERVED_NAMES: readonly string[] = ["local", "system"];

/** One password may be typed as different characters on different keyboards; null for what is longer than any. */
export function normalPassword(password: string): string | null {
  if (password.length > MAX_LENGTH * 4) return null;
  const normal = password.normalize("NFC");
  return normal.length > MAX_LENGTH ? null : normal;
}

/** Throws `invalid_input` for what is too easily guessed. Length is what counts; composition rules only annoy. */
export function checkNewPassword(password: string, userName: string): void {
  const normal = normalPassword(password);
  if (normal === null) throw refused(`it may have ${MAX_LENGTH} characters at most`);
  if (!normal.isWellFormed()) throw refused("it holds half a character");
  if (normal.length < MIN_LENGTH) throw refused(`it needs ${MIN_LENGTH} characters at least`);
  if (new Set(normal).size < MIN_DIFFERENT) throw refused(`it needs ${MIN_DIFFERENT} different characters at least`);
  if (normal.toLowerCase() === userName) throw refused("it is the user's name");
}

export function checkUserName(name: string): void {
  if (!USER_NAME.test(name)) {
    throw new AppError(
      "invalid_input",
      "A user's name is 1 to 64 lower-case letters, digits, . _ @ -, and begins with a letter or digit",
    );
  }
  if (RESERVED_NAMES.includes(name)) {
    throw new AppError("invalid_input", `${name} is no user's name, since the audit means something else by it`);
  }
}

function refused(why: string): AppError {
  return new AppError("invalid_input", `Cannot take this password: ${why}`);
}
