export type Header = readonly [name: string, value: string];

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters and blanks; a line break in a header would begin another one. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads `Name: value` lines, each with its number; empty ones, and those that begin with #, are passed over. `bad` is the
 * number of the first line that is none, by which alone an error may name it: headers hold passwords.
 */
export function parseHeaderLines(
  text: string,
): { readonly lines: readonly (readonly [number: number, header: Header])[]; readonly bad: number | undefined } {
  const lines: (readonly [number, Header])[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
    if (!NAME.test(name) || !VALUE.test(value)) return { lines, bad: at + 1 };
    lines.push([at + 1, [name, value]]);
  }
  return { lines, bad: undefined };
}
