/**
 * One text for one value: keys sorted by their UTF-16 units, no white space, numbers and strings as JSON.stringify has
 * them. It does not matter in which order a database gives the keys back. What JSON cannot hold is left out, as
 * JSON.stringify does; an absent property and an undefined one are the same.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => a < b ? -1 : 1);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}
