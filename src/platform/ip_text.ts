/** The usual spelling of an IP address in network order: of 4 bytes, or of 16 as RFC 5952 has it. */
export function ipText(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0));
  const zeros = longestZeros(groups);
  const hex = (from: number, to: number) => groups.slice(from, to).map((group) => group.toString(16)).join(":");
  return zeros === null ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.end, 8)}`;
}

/** The first longest run of two groups or more that are zero: the part that `::` stands for. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly end: number } | null {
  let longest: { start: number; end: number } | null = null;
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > Math.max(1, longest === null ? 0 : longest.end - longest.start)) longest = { start, end };
    start = Math.max(start, end);
  }
  return longest;
}
