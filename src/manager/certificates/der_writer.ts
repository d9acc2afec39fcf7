/** Distinguished Encoding Rules, as far as a certificate needs them: https://www.itu.int/rec/T-REC-X.690 */
import { joinedBytes } from "../../core/mod.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** From this year on the two digits of the shorter form of a time would mean another century. */
const FIRST_LONG_YEAR = 2050;

export function sequence(...parts: readonly Bytes[]): Bytes {
  return element(SEQUENCE, ...parts);
}

export function setOf(part: Bytes): Bytes {
  return element(SET, part);
}

/** An unsigned number of any size, most significant byte first. */
export function unsigned(bytes: Uint8Array): Bytes {
  const firstUsed = bytes.findIndex((byte) => byte !== 0);
  const used = firstUsed < 0 ? Uint8Array.of(0) : new Uint8Array(bytes.subarray(firstUsed));
  // A set first bit would make it negative.
  return (used[0] ?? 0) < 0x80 ? element(INTEGER, used) : element(INTEGER, Uint8Array.of(0), used);
}

export function smallNumber(value: number): Bytes {
  return unsigned(Uint8Array.of(value >> 24, value >> 16, value >> 8, value));
}

export function boolean(value: boolean): Bytes {
  return element(BOOLEAN, Uint8Array.of(value ? 0xff : 0));
}

/** `1.2.840.10045.4.3.2` */
export function objectId(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(OBJECT_ID, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

export function utf8(text: string): Bytes {
  return element(UTF8_STRING, new TextEncoder().encode(text));
}

export function octets(content: Bytes): Bytes {
  return element(OCTET_STRING, content);
}

export function bits(content: Bytes, unusedBits = 0): Bytes {
  return element(BIT_STRING, Uint8Array.of(unusedBits), content);
}

/** In seconds: fractions are not allowed in a certificate. */
export function time(epochMs: number): Bytes {
  const date = new Date(epochMs);
  const digits = date.toISOString().replace(/\.\d+/, "").replaceAll(/[-:T]/g, "");
  const isLong = date.getUTCFullYear() >= FIRST_LONG_YEAR;
  return element(isLong ? GENERALIZED_TIME : UTC_TIME, new TextEncoder().encode(isLong ? digits : digits.slice(2)));
}

/** `[number]` with the content as it is. */
export function tagged(number: number, content: Bytes): Bytes {
  return element(CONTEXT | number, content);
}

/** `[number]` around whole elements. */
export function wrapped(number: number, ...parts: readonly Bytes[]): Bytes {
  return element(CONTEXT | CONSTRUCTED | number, ...parts);
}

function element(tag: number, ...parts: readonly Bytes[]): Bytes {
  const content = joinedBytes(parts);
  return joinedBytes([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits a byte, all but the last with the first bit set. */
function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | rest % 128);
  return bytes;
}
