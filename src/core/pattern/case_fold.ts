import { type CharSet, contains, eachRange, unionOf } from "./char_set.ts";

/** Scripts with upper and lower case end before this one. */
const LAST_CASED = 0x1e943;
const LAST_ASCII = 0x7f;
/** Beyond ASCII, yet the same as k and s by the rules of Unicode. */
const KELVIN_SIGN = 0x212a;
const LONG_S = 0x17f;

type Variants = ReadonlyMap<number, readonly number[]>;
let known: Variants | undefined;

/** The set with the upper and lower cases of all that is in it, as JavaScript's `iu` takes them. */
export function withoutCase(set: CharSet): CharSet {
  const more: number[] = [];
  const add = (code: number) => void more.push(code, code);
  eachRange(set, (from, to) => {
    for (let code = from; code <= Math.min(to, LAST_ASCII); code++) {
      const other = asciiVariant(code);
      if (other !== null) add(other);
    }
  });
  if (contains(set, 0x4b) || contains(set, 0x6b)) add(KELVIN_SIGN);
  if (contains(set, 0x53) || contains(set, 0x73)) add(LONG_S);
  if ((set.at(-1) ?? 0) > LAST_ASCII) {
    known ??= findVariants();
    for (const [code, others] of known) if (contains(set, code)) others.forEach(add);
  }
  return more.length === 0 ? set : unionOf([set, ...pairs(more)]);
}

function asciiVariant(code: number): number | null {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? code ^ 0x20 : null;
}

function pairs(codes: readonly number[]): CharSet[] {
  const sets: CharSet[] = [];
  for (let at = 0; at < codes.length; at += 2) sets.push([codes[at] ?? 0, codes[at + 1] ?? 0]);
  return sets;
}

/** Some 3,000 characters; found once, when a pattern first needs it. */
function findVariants(): Variants {
  const families = new Map<number, Set<number>>();
  for (let code = 0; code <= LAST_CASED; code++) {
    const character = String.fromCodePoint(code);
    for (const text of [character.toLowerCase(), character.toUpperCase()]) {
      const other = text.codePointAt(0) ?? code;
      if (other === code || String.fromCodePoint(other) !== text || !isSame(code, other)) continue;
      const family = new Set([code, other, ...families.get(code) ?? [], ...families.get(other) ?? []]);
      for (const member of family) families.set(member, family);
    }
  }
  return new Map([...families].map(([code, family]) => [code, [...family].filter((other) => other !== code)]));
}

/** Only the runtime knows which of its own rules hold for a pair: the dotless i, for one, has I as its upper case. */
function isSame(a: number, b: number): boolean {
  return new RegExp(`\\u{${a.toString(16)}}`, "iu").test(String.fromCodePoint(b));
}
