const MAX_FACTS = 60;
const MAX_VALUE = 1000;
const KEY = /^[A-Z][A-Z0-9_]*$/;

/** The assignments of an os-release file, which is a small subset of a shell script: freedesktop.org/software/systemd/man/os-release.html */
export function parseOsRelease(text: string): Record<string, string> {
  const facts: Record<string, string> = {};
  let left = MAX_FACTS;
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(0, equals)).trim();
    if (!KEY.test(key) || left-- <= 0) continue;
    facts[key] = unquoted(line.slice(equals + 1).trim()).slice(0, MAX_VALUE);
  }
  return facts;
}

function unquoted(value: string): string {
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || value.length < 2 || value.at(-1) !== quote) return value;
  const inner = value.slice(1, -1);
  return quote === '"' ? inner.replaceAll(/\\(["$`\\])/g, "$1") : inner;
}
