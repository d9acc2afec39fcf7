import { oneLine } from "../../core/mod.ts";

/** With which the manager says on whose behalf it asks a host. Use `setCaller` and `callerIn`, which know how it is written. */
export const CALLER_HEADER = "x-farhand-caller";
/** Longer than any name that a manager gives. */
export const MAX_CALLER_LENGTH = 200;
/** Who it is where the manager has not said so, or not as it should. */
export const UNNAMED_CALLER = "manager";

/** Names the caller to a host. A name may have any characters; what HTTP carries are those of ASCII alone. */
export function setCaller(headers: Headers, name: string): void {
  headers.set(CALLER_HEADER, encodeURIComponent(harmless(name)));
}

/**
 * On whose behalf the manager asks: always a name that can stand in a log. Only who has made sure that it is the manager that
 * asks may believe it.
 */
export function callerIn(headers: Headers): string {
  try {
    return harmless(decodeURIComponent(headers.get(CALLER_HEADER) ?? "")) || UNNAMED_CALLER;
  } catch {
    return UNNAMED_CALLER; // no text that was encoded as it should be
  }
}

/** Well-formed comes last: to cut a text may leave half a character. */
function harmless(name: string): string {
  return oneLine(name, MAX_CALLER_LENGTH).toWellFormed();
}
