/** The rights of a file as `ls` writes them, and as numbers. */

const LETTERS = ["r", "w", "x"];
const SPECIAL = [[0o4000, "s"], [0o2000, "s"], [0o1000, "t"]] as const;

/** `rwxr-xr-x`. */
export function modeText(mode: number): string {
  return [6, 3, 0].map((shift, group) => {
    const bits = (mode >> shift) & 7;
    const letters = LETTERS.map((letter, index) => bits & (4 >> index) ? letter : "-");
    const [flag, letter] = SPECIAL[group] ?? [0, ""];
    if (mode & flag) letters[2] = letters[2] === "x" ? letter : letter.toUpperCase();
    return letters.join("");
  }).join("");
}

/** `0755`; of a file's mode only what can be changed. */
export function octalText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

/** Null for what is no mode. */
export function parseOctal(text: string): number | null {
  return /^[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) : null;
}

export const MODE_BITS = [
  { who: "owner", shift: 6 },
  { who: "group", shift: 3 },
  { who: "others", shift: 0 },
] as const;
