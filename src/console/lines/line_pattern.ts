/** Which lines are wanted, and where in one the reason for it stands. */
export interface LinePattern {
  matches(text: string): boolean;
  /** Start and end of each find, in order; of the first hundred. */
  finds(text: string): readonly (readonly [start: number, end: number])[];
}

export type PatternProblem = "pattern" | "repetition";

export interface PatternOptions {
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
}

/** So much of a line is looked at, as the agent does it. */
const MAX_TESTED_CHARS = 4_096;
const MAX_FINDS = 100;
const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/**
 * A test of lines, or what is wrong with its pattern. A pattern that tries without end cannot be stopped in a browser
 * and would freeze the page, so the kinds that do are refused: a repeated group that itself repeats or has alternatives.
 */
export function linePattern(pattern: string, options: PatternOptions): LinePattern | PatternProblem {
  if (options.isRegex && repeatsWithoutEnd(pattern)) return "repetition";
  const source = options.isRegex ? pattern : pattern.replace(SPECIAL, "\\$&");
  const flags = options.isCaseSensitive ? "u" : "iu";
  let [one, all]: [RegExp, RegExp] = [/(?:)/, /(?:)/g];
  try {
    one = new RegExp(source, flags);
    all = new RegExp(source, `g${flags}`);
  } catch {
    return "pattern"; // the parser's own words differ from browser to browser
  }
  return {
    matches: (text) => one.test(head(text)),
    finds: (text) => findsOf(all, head(text)),
  };
}

function head(text: string): string {
  return text.length > MAX_TESTED_CHARS ? text.slice(0, MAX_TESTED_CHARS) : text;
}

function findsOf(pattern: RegExp, text: string): [number, number][] {
  const finds: [number, number][] = [];
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found !== "") finds.push([index, index + found.length]);
    if (finds.length >= MAX_FINDS) break;
  }
  return finds;
}

/** `\\.`, a class of characters, a group's beginning or end, an alternative, or a repetition without a bound. */
const PARTS = /\\.|\[(?:\\.|[^\]\\])*\]|\(|\)(?:[*+]|\{\d+,\d{0,5}\})?|\||[*+]|\{\d+,\}/gs;

function repeatsWithoutEnd(pattern: string): boolean {
  const groups: boolean[] = [false];
  for (const [part] of pattern.matchAll(PARTS)) {
    const innermost = groups.length - 1;
    if (part === "(") groups.push(false);
    else if (part.startsWith(")")) {
      const isBranching = groups.length > 1 && groups.pop() === true;
      if (isBranching && part.length > 1) return true;
      if (isBranching || part.length > 1) groups[groups.length - 1] = true;
    } else if (part === "|" || part === "*" || part === "+" || part.startsWith("{")) groups[innermost] = true;
  }
  return false;
}
