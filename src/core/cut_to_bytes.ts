/** The start of a text, as far as it has room in so many bytes of UTF-8; no character is cut in two. */
export function cutToBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
