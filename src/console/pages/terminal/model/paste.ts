/**
 * Text on its way from the clipboard into a shell. A page that one copied from may have put more into the clipboard than
 * was seen: escape sequences that end the bracket around pasted text, after which the rest would be run.
 */

// deno-lint-ignore no-control-regex -- controls are what must not get in
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const LINE_ENDS = /\r\n|\r|\n|\u2028|\u2029/g;

export interface Pasted {
  /** With carriage returns for the ends of lines, as a keyboard sends them. */
  readonly text: string;
  readonly lines: number;
  /** Whether something was taken out that could act on the terminal. */
  readonly isCleaned: boolean;
}

export function pasted(raw: string): Pasted {
  const unified = raw.replace(LINE_ENDS, "\n");
  const clean = unified.replace(CONTROLS, "");
  const lines = clean.replace(/\n$/, "").split("\n").length;
  return { text: clean.replaceAll("\n", "\r"), lines, isCleaned: clean.length !== unified.length };
}

/** Several lines run one after the other as they are pasted, unless the shell is told that they are pasted. */
export function mustBeAsked({ text, lines, isCleaned }: Pasted, isBracketed: boolean): boolean {
  return isCleaned || (!isBracketed && (lines > 1 || text.endsWith("\r")));
}
