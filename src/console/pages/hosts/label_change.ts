type Labels = Readonly<Record<string, string>>;

/** What a host's labels come to; the rest of them stays. */
export function changedLabels(before: Labels, set: Labels, drop: readonly string[]): Record<string, string> {
  const entries = Object.entries({ ...before, ...set });
  return Object.fromEntries(entries.filter(([key]) => Object.hasOwn(set, key) || !drop.includes(key)));
}

export function isSameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
