/** Numbers and lines in the kernel's texts. Nothing here throws, and what is no such number is undefined. */

const ZERO = 48;
const SPACE = 32;
const TAB = 9;
/** Digits of the largest number of 64 bits. */
const MAX_DIGITS = 20;
/** As many digits as are exact however they are added up. */
const EXACT_DIGITS = 15;

/** A whole number that is not negative, and nothing beside it. */
export function count(text: string): number | undefined {
  return countAt(text, 0, text.length);
}

/** The same for the part [start, end) of a text, without making a text of it. */
export function countAt(text: string, start: number, end: number): number | undefined {
  if (end <= start || end - start > MAX_DIGITS) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return end - start <= EXACT_DIGITS ? value : Number(text.slice(start, end));
}

/** A decimal number that is not negative: "0.25". */
export function decimal(text: string): number | undefined {
  return /^\d{1,20}(?:\.\d{1,20})?$/.test(text) ? Number(text) : undefined;
}

/** The numbers of a line from `start` on, which blanks part; undefined in the place of what is none. */
export function countsAt(text: string, start: number, end: number, most = Infinity): (number | undefined)[] {
  const counts: (number | undefined)[] = [];
  for (let at = start; at < end && counts.length < most;) {
    if (isBlank(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const from = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    counts.push(countAt(text, from, at));
  }
  return counts;
}

/** Where the line that begins at `start` ends. */
export function lineEnd(text: string, start: number): number {
  const at = text.indexOf("\n", start);
  return at < 0 ? text.length : at;
}

/** Calls with each line as the range [start, end) of the text, so that only the lines that matter are cut out. */
export function forEachLine(text: string, onLine: (start: number, end: number) => void): void {
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start);
    onLine(start, end);
    start = end + 1;
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
