/** One member of a C structure, as a header declares it: its type and a value, which for `char[n]` is a text. */
export type Member =
  | readonly [type: "u8" | "u16" | "u32" | "u64", value?: number | bigint]
  | readonly [type: `char[${number}]`, value?: string];

const BYTES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

/**
 * The little-endian bytes of a structure, laid out from its declaration by C's rules of alignment: so a test finds
 * offsets by another way than the program does. `pack` is what `#pragma pack` says.
 */
export function cStruct(members: readonly Member[], pack = 8): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let widest = 1;
  const align = (to: number) => {
    while (bytes.length % to !== 0) bytes.push(0);
  };
  for (const [type, value] of members) {
    if (!(type in BYTES)) {
      const length = Number(type.slice("char[".length, -1));
      const text = new TextEncoder().encode(String(value ?? ""));
      for (let at = 0; at < length; at++) bytes.push(text[at] ?? 0);
      continue;
    }
    const size = BYTES[type as keyof typeof BYTES];
    const alignment = Math.min(size, pack);
    widest = Math.max(widest, alignment);
    align(alignment);
    for (let at = 0, rest = BigInt(value ?? 0); at < size; at++, rest >>= 8n) bytes.push(Number(rest & 0xffn));
  }
  align(widest);
  return Uint8Array.from(bytes);
}

/** Bytes of any length and content, and whole structures with some bytes changed. */
export function mutated(
  bytes: Uint8Array,
  length: number,
  changes: readonly (readonly [number, number])[],
): Uint8Array {
  const copy = bytes.slice(0, length % (bytes.length + 1));
  for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
  return copy;
}
