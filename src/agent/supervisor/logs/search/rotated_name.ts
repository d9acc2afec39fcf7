import { basename } from "node:path";

export type RotatedKind = "plain" | "gzip" | "unreadable";

/** `.1`, `-20260131`, `.2026-01-31`, `.2026-01-31-13.2`, `-2026-01-31T13:00:00`, `.old`. */
const MARK = /^[._-](?:\d{1,4}|\d{4}-?\d\d-?\d\d(?:[T_.-]\d\d(?:[:-]?\d\d){0,2}|-\d{10})?(?:[._]\d{1,6})?|old)$/;
const PACKED = /\.(gz|bz2|xz|zst|lz4|Z)$/;

/** Whether a file of the same directory is an older part of a log, by the ways in which logs are usually rotated. */
export function rotatedKind(path: string, name: string): RotatedKind | null {
  const log = basename(path);
  const packed = PACKED.exec(name);
  const bare = packed === null ? name : name.slice(0, packed.index);
  if (name === log || !isRotated(log, bare, packed !== null)) return null;
  return packed === null ? "plain" : packed[1] === "gz" ? "gzip" : "unreadable";
}

function isRotated(log: string, bare: string, isPacked: boolean): boolean {
  if (bare === log) return isPacked;
  if (bare.startsWith(log)) return MARK.test(bare.slice(log.length));
  // app-2026-01-31.log of app.log
  const dot = log.lastIndexOf(".");
  if (dot <= 0 || !bare.startsWith(log.slice(0, dot)) || !bare.endsWith(log.slice(dot))) return false;
  return MARK.test(bare.slice(dot, bare.length - (log.length - dot)));
}
