import { AppError, type ErrorCode, toAppError } from "../../core/mod.ts";
import { toldFailure } from "../../http/mod.ts";
import { TERMINAL_CLOSE_CODES } from "../../protocol/mod.ts";

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_input",
  401: "host_refuses",
  403: "host_refuses",
  404: "not_found",
  409: "conflict",
  429: "rate_limited",
  501: "unsupported",
};

/** Why a host has not let somebody attach, by what it has answered instead. */
export async function refusalOf(response: Response): Promise<AppError> {
  const told = await toldFailure(response);
  const code = CODES[response.status] ?? "unavailable";
  return new AppError(code, told?.words || `The host has answered with HTTP ${response.status}`);
}

/** With what code a guest is told that. */
export function closeCodeOf(thrown: unknown): number {
  switch (toAppError(thrown).code) {
    case "not_found":
      return TERMINAL_CLOSE_CODES.gone;
    case "host_refuses":
    case "invalid_input":
    case "conflict":
    case "rate_limited":
    case "unsupported":
      return TERMINAL_CLOSE_CODES.refused;
    default:
      return TERMINAL_CLOSE_CODES.try_again;
  }
}
