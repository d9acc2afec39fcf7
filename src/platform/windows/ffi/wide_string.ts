/** Text as the W functions of Windows take it: UTF-16 with a final zero. */
export function wide(text: string): Uint16Array<ArrayBuffer> {
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

/** Reads `units` UTF-16 units behind a pointer, up to the first zero. */
export function fromWide(pointer: Deno.PointerObject, units: number): string {
  const bytes = new Deno.UnsafePointerView(pointer).getArrayBuffer(units * 2);
  return new TextDecoder("utf-16le").decode(bytes).split("\0", 1)[0] ?? "";
}
