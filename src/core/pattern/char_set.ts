/** Sets of code points, as bounds of ranges in ascending order that do not touch: from, to, from, to … */
export type CharSet = readonly number[];

export const LAST_CODE_POINT = 0x10ffff;
export const EVERYTHING: CharSet = [0, LAST_CODE_POINT];
export const DIGITS: CharSet = [0x30, 0x39];
export const WORD_CHARACTERS: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** What `\s` means in JavaScript. */
export const SPACES: CharSet = unionOf([
  [0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a],
  [0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff],
]);

export function unionOf(sets: readonly CharSet[]): CharSet {
  const ranges: (readonly [number, number])[] = [];
  for (const set of sets) eachRange(set, (from, to) => void ranges.push([from, to]));
  ranges.sort(([a], [b]) => a - b);
  const all: number[] = [];
  for (const [from, to] of ranges) {
    const last = all.at(-1);
    if (last !== undefined && from <= last + 1) all[all.length - 1] = Math.max(last, to);
    else all.push(from, to);
  }
  return all;
}

export function complementOf(set: CharSet, last: number = LAST_CODE_POINT): CharSet {
  const rest: number[] = [];
  let next = 0;
  eachRange(set, (from, to) => {
    if (from > next) rest.push(next, from - 1);
    next = to + 1;
  });
  if (next <= last) rest.push(next, last);
  return rest;
}

/** What of the set lies between these two, which belong to it. */
export function within(set: CharSet, first: number, last: number): CharSet {
  const part: number[] = [];
  eachRange(set, (from, to) => {
    if (to >= first && from <= last) part.push(Math.max(from, first), Math.min(to, last));
  });
  return part;
}

export function contains(set: CharSet, code: number): boolean {
  for (let at = 0; at < set.length; at += 2) {
    if (code < (set[at] ?? 0)) return false;
    if (code <= (set[at + 1] ?? 0)) return true;
  }
  return false;
}

export function sizeOfSet(set: CharSet): number {
  let size = 0;
  eachRange(set, (from, to) => void (size += to - from + 1));
  return size;
}

export function eachRange(set: CharSet, act: (from: number, to: number) => void): void {
  for (let at = 0; at < set.length; at += 2) act(set[at] ?? 0, set[at + 1] ?? 0);
}
