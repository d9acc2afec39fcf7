import { withoutCase } from "./case_fold.ts";
import { type CharSet, complementOf, DIGITS, SPACES, unionOf, WORD_CHARACTERS } from "./char_set.ts";
import { oneOf } from "./syntax.ts";
import type { TextCursor } from "./text_cursor.ts";

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, "0": 0, a: 7, e: 27 };
const CLASSES: Readonly<Record<string, CharSet>> = { d: DIGITS, w: WORD_CHARACTERS, s: SPACES };
const HEX = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/;
const LETTERS: CharSet = [0x41, 0x5a, 0x61, 0x7a];
/** https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap09.html, for ASCII. */
const POSIX: Readonly<Record<string, CharSet>> = {
  alpha: LETTERS,
  digit: DIGITS,
  alnum: unionOf([LETTERS, DIGITS]),
  upper: [0x41, 0x5a],
  lower: [0x61, 0x7a],
  space: [0x09, 0x0d, 0x20, 0x20],
  blank: [0x09, 0x09, 0x20, 0x20],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  print: [0x20, 0x7e],
  graph: [0x21, 0x7e],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
};

/** What comes after a backslash. */
export function readEscape(cursor: TextCursor): CharSet {
  const hex = cursor.takeMatch(HEX);
  if (hex !== null) {
    const code = parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16);
    if (code <= 0x10ffff) return oneOf(code);
    throw cursor.problem("there is no such character");
  }
  const code = cursor.next();
  const sign = String.fromCodePoint(code);
  const lower = sign.toLowerCase();
  const named = CLASSES[lower];
  if (named !== undefined) return sign === lower ? named : complementOf(named);
  const control = CONTROLS[sign];
  if (control !== undefined) return oneOf(control);
  if (/[1-9]/.test(sign)) throw cursor.problem("backreferences are not supported: matching takes linear time");
  if (/[A-Za-z]/.test(sign)) throw cursor.problem(`\\${sign} means nothing here`);
  return oneOf(code);
}

/** What stands in brackets, and goes on behind the closing one. */
export function readClass(cursor: TextCursor, ignoreCase: boolean): CharSet {
  const isNegated = cursor.take("^");
  const parts: CharSet[] = [];
  // As everywhere but in JavaScript, a ] that comes first stands for itself; [] and [^] would match nothing and all.
  for (let isFirst = true; isFirst || !cursor.isAt("]"); isFirst = false) {
    if (cursor.isAtEnd) throw cursor.problem("a ] is missing; write \\[ for the character");
    parts.push(readItem(cursor));
  }
  cursor.take("]");
  const set = unionOf(parts);
  const folded = ignoreCase ? withoutCase(set) : set;
  return isNegated ? complementOf(folded) : folded;
}

function readItem(cursor: TextCursor): CharSet {
  const posix = cursor.takeMatch(/^\[:(\^?)([a-z]+):\]/);
  if (posix !== null) {
    const set = POSIX[posix[2] ?? ""];
    if (set === undefined) throw cursor.problem(`there is no class [:${posix[2]}:]`);
    return posix[1] === "^" ? complementOf(set) : set;
  }
  const first = readMember(cursor);
  if (!cursor.isAt("-") || cursor.isAt("-]")) return first;
  cursor.take("-");
  const last = readMember(cursor);
  const [from, to] = [singleOf(first), singleOf(last)];
  if (from !== null && to !== null && from <= to) return [from, to];
  throw cursor.problem("a range goes from a character to a later one; write \\- for the character");
}

function readMember(cursor: TextCursor): CharSet {
  if (!cursor.take("\\")) return oneOf(cursor.next());
  return cursor.take("b") ? oneOf(0x08) : readEscape(cursor);
}

function singleOf(set: CharSet): number | null {
  return set.length === 2 && set[0] === set[1] ? set[0] ?? null : null;
}
