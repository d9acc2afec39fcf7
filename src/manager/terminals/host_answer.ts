import { AppError, type ErrorCode, messageOf, toAppError } from "../../core/mod.ts";
import { TERMINAL_CLOSE_CODES } from "../../protocol/mod.ts";

/** What a host's words may take; they are shown to people. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_WORDS = 500;

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
  const words = await wordsOf(response);
  const code = CODES[response.status] ?? "unavailable";
  return new AppError(code, words ?? `The host has answered with HTTP ${response.status}`);
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

/** `msg` of the envelope; null for what has none. */
async function wordsOf(response: Response): Promise<string | null> {
  try {
    const value: unknown = JSON.parse(await textOf(response));
    const isSaid = typeof value === "object" && value !== null && "msg" in value && typeof value.msg === "string";
    return isSaid ? String(value.msg).replaceAll(/\p{Cc}+/gu, " ").slice(0, MAX_WORDS) : null;
  } catch (error) {
    // What a host says in place of an envelope is nothing to show; that it has refused is known anyway.
    return response.ok ? `The host has answered with what is none: ${messageOf(error)}` : null;
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new AppError("too_large", "the answer is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
