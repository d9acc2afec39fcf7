import { AppError } from "../../core/mod.ts";
import type { Bytes } from "./der_writer.ts";

/** One element of DER: its tag, what is in it, and all of it. */
export interface Element {
  readonly tag: number;
  readonly content: Bytes;
  readonly whole: Bytes;
}

/** The elements that stand one after the other; throws `invalid_input` for what is cut or otherwise no DER. */
export function elementsOf(bytes: Bytes): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The one element that the bytes are. */
export function elementOf(bytes: Bytes): Element {
  const [element, ...more] = elementsOf(bytes);
  if (element === undefined || more.length > 0) throw damaged();
  return element;
}

function elementAt(bytes: Bytes, at: number): Element {
  const [tag, short] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) throw damaged();
  const more = short < 0x80 ? 0 : short & 0x7f;
  if (short === 0x80 || more > 4) throw damaged();
  let length = more === 0 ? short : 0;
  for (let index = 0; index < more; index++) length = length * 256 + (bytes[at + 2 + index] ?? Infinity);
  const start = at + 2 + more;
  if (start + length > bytes.length) throw damaged();
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

function damaged(): AppError {
  return new AppError("invalid_input", "It is damaged: what should be DER is cut off or something else");
}
