/**
 * A number that stands for what a host is to have set: equal for equal values, 0 for none. It is no count, so it is right
 * whether a rule, a label or the host's name has changed, and after a restart of the manager too.
 */
export function versionOf(values: Readonly<Record<string, unknown>>): number {
  const keys = Object.keys(values).sort();
  if (keys.length === 0) return 0;
  const text = JSON.stringify(keys.map((key) => [key, values[key]]));
  // Two hashes of 32 and 21 bits, by FNV-1a from different starts: together what a number holds exactly.
  const high = hash32(text, 0x811c9dc5) >>> 11;
  const low = hash32(text, 0x01000193) >>> 0;
  return Math.max(1, high * 2 ** 32 + low);
}

function hash32(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
