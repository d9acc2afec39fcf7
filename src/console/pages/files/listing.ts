import type { FileEntry } from "../../../protocol/mod.ts";

/** What of a folder is shown. */
export function shownEntries(
  entries: readonly FileEntry[],
  { text, showsHidden }: { readonly text: string; readonly showsHidden: boolean },
): FileEntry[] {
  const part = text.trim().toLowerCase();
  return entries.filter((entry) =>
    (showsHidden || !isHidden(entry)) && (part === "" || entry.name.toLowerCase().includes(part))
  );
}

/** What tells entries apart: their names, except that several whose names are no text may look the same. */
export function entryKeys(entries: readonly FileEntry[]): ReadonlyMap<FileEntry, string> {
  // No name has a slash in it.
  return new Map(entries.map((entry, at) => [entry, entry.hasOddName === true ? `${entry.name}/${at}` : entry.name]));
}

export function isHidden({ name }: FileEntry): boolean {
  return name.startsWith(".");
}

/** Whether one can go into it: a folder, or a link to one. */
export function isFolder({ kind, targetKind }: FileEntry): boolean {
  return kind === "directory" || (kind === "link" && targetKind === "directory");
}

/** Whether it has a content: a file, or a link to one. */
export function isReadable({ kind, targetKind, hasOddName }: FileEntry): boolean {
  return hasOddName !== true && (kind === "file" || (kind === "link" && targetKind === "file"));
}

/** Folders before files, and names as people sort them: file2 before file10. */
export function nameKey(entry: FileEntry): string {
  const padded = entry.name.toLowerCase().replace(/\d{1,15}/g, (digits) => digits.padStart(15, "0"));
  return `${isFolder(entry) ? 0 : 1}${padded}`;
}

/** Whether bytes are text that can be shown: none of them is 0, and hardly any is a control. */
export function isText(bytes: Uint8Array): boolean {
  const looked = bytes.subarray(0, 8_192);
  let controls = 0;
  for (const byte of looked) {
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) controls += 1;
  }
  return controls * 50 <= looked.length;
}

/** The lines of the beginning of a file; a character that was cut in two at its end is left out. */
export function linesOf(bytes: Uint8Array, isWhole: boolean): string[] {
  const text = new TextDecoder().decode(bytes, { stream: !isWhole });
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
