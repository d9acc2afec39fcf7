import { type CharSet, contains, eachRange, LAST_CODE_POINT, sizeOfSet, unionOf, within } from "./char_set.ts";
import { oneOf, type PatternNode } from "./syntax.ts";

const LAST_ASCII = 0x7f;
const REPLACEMENT = 0xfffd;
const CARRIAGE_RETURN = 0x0d;
/** So many characters beyond ASCII are told apart by their bytes. */
const MAX_EXACT = 16;

/** Bytes beyond ASCII, of any number of characters, or of what damaged ones are replaced with. */
const BEYOND_ASCII: CharSet = [0x80, 0xff];
const MORE_BEYOND_ASCII: PatternNode = {
  kind: "repeat",
  part: { kind: "set", set: BEYOND_ASCII },
  min: 0,
  max: Infinity,
};

/**
 * A pattern of characters as one of the bytes of UTF-8, which matches wherever the pattern matches in the decoded line.
 * In lines with bytes beyond ASCII, or with a CR, it may match where the pattern does not.
 */
export function toBytes(node: PatternNode): PatternNode {
  switch (node.kind) {
    case "sequence":
      return { kind: "sequence", parts: node.parts.map(toBytes) };
    case "choice":
      return { kind: "choice", options: node.options.map(toBytes) };
    case "repeat":
      return { ...node, part: toBytes(node.part) };
    case "assert":
      return node;
    case "set":
      return setOfBytes(node.set);
  }
}

function setOfBytes(set: CharSet): PatternNode {
  const ascii = within(set, 0, LAST_ASCII);
  const others = within(set, LAST_ASCII + 1, LAST_CODE_POINT);
  if (!isExact(others)) {
    const parts: PatternNode[] = [{ kind: "set", set: unionOf([ascii, BEYOND_ASCII]) }, MORE_BEYOND_ASCII];
    return { kind: "sequence", parts };
  }
  const options: PatternNode[] = ascii.length > 0 || others.length === 0 ? [{ kind: "set", set: ascii }] : [];
  eachRange(others, (from, to) => {
    for (let code = from; code <= to; code++) options.push(bytesOf(code));
  });
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: "choice", options };
}

/** Whether no other bytes are decoded to these. */
function isExact(set: CharSet): boolean {
  return sizeOfSet(set) <= MAX_EXACT && !contains(set, REPLACEMENT);
}

function bytesOf(code: number): PatternNode {
  const bytes = [...new TextEncoder().encode(String.fromCodePoint(code))];
  return { kind: "sequence", parts: bytes.map((byte) => ({ kind: "set", set: oneOf(byte) })) };
}

/** The bytes of a pattern that is nothing but a text; null for any other, and for those that tell less than the line. */
export function textOfPattern(node: PatternNode): Uint8Array | null {
  const parts = node.kind === "sequence" ? node.parts : [node];
  const codes = parts.map(codeOf);
  if (codes.length === 0 || codes.some((code) => code === null)) return null;
  return new TextEncoder().encode(String.fromCodePoint(...codes.filter((code) => code !== null)));
}

/**
 * A text that every match has in it, as long as one can easily be found; null when there is none. Where matches begin
 * with different cases of the same letters there is none.
 */
export function requiredText(node: PatternNode): Uint8Array | null {
  const texts = requiredTexts(node).sort((a, b) => b.length - a.length);
  return texts[0] ?? null;
}

function requiredTexts(node: PatternNode): Uint8Array[] {
  if (node.kind === "repeat") return node.min > 0 ? requiredTexts(node.part) : [];
  if (node.kind !== "sequence") {
    const own = textOfPattern(node);
    return own === null ? [] : [own];
  }
  const texts: Uint8Array[] = [];
  let run: PatternNode[] = [];
  const close = () => {
    const text = textOfPattern({ kind: "sequence", parts: run });
    if (text !== null) texts.push(text);
    run = [];
  };
  for (const part of flattened(node)) {
    if (codeOf(part) !== null) run.push(part);
    else if (part.kind !== "assert") {
      close();
      texts.push(...requiredTexts(part));
    }
  }
  close();
  return texts;
}

/** Sequences within sequences, as groups make them, are one. */
function flattened(node: PatternNode): PatternNode[] {
  return node.kind === "sequence" ? node.parts.flatMap(flattened) : [node];
}

/** Of a node that is one character, and always the same bytes. */
function codeOf(node: PatternNode): number | null {
  if (node.kind !== "set" || node.set.length !== 2 || node.set[0] !== node.set[1]) return null;
  const [code = 0] = node.set;
  const isAmbiguous = code === REPLACEMENT || code === CARRIAGE_RETURN ||
    (code >= 0xd800 && code <= 0xdfff);
  return isAmbiguous ? null : code;
}
