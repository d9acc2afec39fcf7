import { join } from "node:path";
import { messageOf, oneLine } from "../../../core/mod.ts";
import type { MetricFamily } from "../../../protocol/mod.ts";
import { parsePrometheusText } from "../user_metrics/prometheus_text.ts";

/** A file as it was when it was last looked at. */
export interface PromFile {
  readonly path: string;
  readonly modifiedMs: number;
  readonly families: readonly MetricFamily[];
  readonly error?: string;
  /** What tells this content from another one of the same file; null where it must be read again in any case. */
  readonly version: string | null;
}

const EXTENSION = ".prom";
export const MAX_FILES = 1_000;
export const MAX_FILE_BYTES = 1024 * 1024;
const MAX_MESSAGE_LENGTH = 300;
/**
 * A file that was changed so shortly before it was read may be changed again without its time telling: file systems
 * count in steps of up to two seconds.
 */
const UNSETTLED_MS = 2_000;

/** The paths of a directory's files in the order of their names; throws when it cannot be read. */
export function promPaths(directory: string): string[] {
  const paths: string[] = [];
  for (const { name } of Deno.readDirSync(directory)) {
    if (name.endsWith(EXTENSION)) paths.push(join(directory, name));
  }
  return paths.sort();
}

/**
 * The file as it is now; the very one from before when it has not changed; null when it is gone or no regular file.
 * Throws when not even its time can be told.
 */
export async function readPromFile(
  path: string,
  before: PromFile | undefined,
  nowMs: number,
): Promise<PromFile | null> {
  const modifiedMs = modificationOf(path);
  if (modifiedMs === null) return null;
  try {
    const info = Deno.statSync(path);
    if (!info.isFile) return null;
    const version = versionOf(info, nowMs);
    if (version !== null && version === before?.version) return before;
    return { path, version, ...await contentOf(path) };
  } catch (error) {
    return { path, modifiedMs, families: [], error: reasonOf(error), version: null };
  }
}

/** Of the entry itself, so that a link which leads nowhere is reported; null when it has gone since it was listed. */
function modificationOf(path: string): number | null {
  try {
    return timeOf(Deno.lstatSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function versionOf(info: Deno.FileInfo, nowMs: number): string | null {
  const modifiedMs = timeOf(info);
  const age = nowMs - modifiedMs;
  // A time in the future, by a clock that was set back or a copied file, says nothing about age.
  return age >= 0 && age < UNSETTLED_MS ? null : `${modifiedMs} ${info.size} ${info.ino ?? ""}`;
}

/** Opened without waiting: what was a file a moment ago may be a pipe now, and keep whoever opens it. */
async function contentOf(path: string): Promise<Pick<PromFile, "modifiedMs" | "families" | "error">> {
  using file = await Deno.open(path);
  const info = await file.stat();
  const modifiedMs = timeOf(info);
  if (info.size > MAX_FILE_BYTES) return failed(modifiedMs, `it is larger than ${MAX_FILE_BYTES} bytes`);
  const bytes = await readUpTo(file, MAX_FILE_BYTES + 1);
  if (bytes.length > MAX_FILE_BYTES) return failed(modifiedMs, `it is larger than ${MAX_FILE_BYTES} bytes`);
  const text = utf8(bytes);
  if (text === null) return failed(modifiedMs, "it is not UTF-8");
  return { modifiedMs, ...parsePrometheusText(text, { mustEndInNewline: true }) };
}

function failed(modifiedMs: number, error: string) {
  return { modifiedMs, families: [], error };
}

async function readUpTo(file: Deno.FsFile, limit: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(16 * 1024);
  for (let length = 0;;) {
    const read = await file.read(bytes.subarray(length));
    if (read === null || (length += read) >= limit) return bytes.subarray(0, length);
    if (length < bytes.length) continue;
    const larger = new Uint8Array(bytes.length * 2);
    larger.set(bytes);
    bytes = larger;
  }
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function timeOf(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}

/** What the system says, without the path that the runtime adds: it is known already. */
export function reasonOf(error: unknown): string {
  return oneLine(messageOf(error).replace(/ \(os error \d+\).*$/s, ""), MAX_MESSAGE_LENGTH);
}
