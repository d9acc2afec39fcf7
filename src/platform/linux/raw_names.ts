/**
 * Names of files as the kernel has them, which is bytes, and as this program has them, which is text. A byte that belongs
 * to no UTF-8 stands as a lone surrogate, U+DC80 to U+DCFF, so that every name has a text of its own and comes back as it
 * was (the convention of Python's PEP 383). Text that is well-formed has none of these.
 */

const LONE = 0xdc00;
const FIRST_ODD = 0x80;

/** A name without its final zero byte. */
export function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return nameOfOdd(bytes); // rare, so it may take its time
  }
}

/** The name as the kernel takes it, with its final zero byte. */
export function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  if (name.isWellFormed()) return new TextEncoder().encode(`${name}\0`);
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= LONE + FIRST_ODD && code <= LONE + 0xff) bytes.push(code - LONE);
    else bytes.push(...encoder.encode(character));
  }
  return new Uint8Array([...bytes, 0]);
}

function nameOfOdd(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let name = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    try {
      name += decoder.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      name += String.fromCharCode(LONE + (bytes[at] ?? 0)); // what is tried here fails for odd bytes alone
      at++;
    }
  }
  return name;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
