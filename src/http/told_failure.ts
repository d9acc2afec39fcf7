import { type ErrorCode, oneLine } from "../core/mod.ts";
import { knownCodeOf } from "./envelope.ts";

/** What the other side has said of why it does not do what it was asked for. */
export interface ToldFailure {
  /** Null for a number that is of a newer version, or nobody's. */
  readonly code: ErrorCode | null;
  /** On one line. */
  readonly words: string;
}

/** Errors are short; who sends more has something else in mind. */
const MAX_BYTES = 64 * 1024;
const MAX_WORDS = 500;

/** Reads the envelope of an answer that tells of an error; null for one that has none. Whatever is in it, this does not throw. */
export async function toldFailure(response: Response): Promise<ToldFailure | null> {
  try {
    const told: unknown = JSON.parse(await beginningOf(response));
    if (typeof told !== "object" || told === null || !("msg" in told) || typeof told.msg !== "string") return null;
    return { code: "code" in told ? knownCodeOf(told.code) : null, words: oneLine(told.msg, MAX_WORDS) };
  } catch {
    return null; // it broke off, or is no JSON: its status is all that there is to know
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) break;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
