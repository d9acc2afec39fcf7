/** Which names to report: those that match a pattern of `include` (all, when there is none) and none of `exclude`. */
export interface NameFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const MAX_REMEMBERED = 4096;

/** Patterns are names in which `*` stands for any text and `?` for any one character. */
export function nameFilter({ include, exclude }: NameFilter): (name: string) => boolean {
  const included = include.map(matcher);
  const excluded = exclude.map(matcher);
  const known = new Map<string, boolean>();
  const decide = (name: string) =>
    (included.length === 0 || included.some((matches) => matches(name))) && !excluded.some((matches) => matches(name));
  return (name) => {
    let wanted = known.get(name);
    if (wanted === undefined) {
      if (known.size >= MAX_REMEMBERED) known.clear(); // names come and go on a host with many containers
      known.set(name, wanted = decide(name));
    }
    return wanted;
  };
}

function matcher(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]");
  const expression = new RegExp(`^${source}$`);
  return (name) => expression.test(name);
}
