import type { LogLevel } from "./logger.ts";
import type { PlainFields } from "./plain.ts";

/** One log record as the sinks get it: plain data within its size limits, secrets already redacted. */
export interface LogRecord {
  /** Wall-clock milliseconds since the epoch. */
  readonly tsMs: number;
  readonly level: LogLevel;
  readonly component?: string;
  readonly msg: string;
  readonly fields: PlainFields;
}

/** Where records go. A sink may throw; the logger then drops the record for that sink, since logging must not fail. */
export interface Sink {
  write(record: LogRecord): void;
  /** Takes the file anew by its name, after somebody moved it away. */
  reopen?(): void;
  /** Makes what was written survive a crash of the machine, as far as the sink can. */
  flush?(): void;
  close(): void;
}

/** Makes text of a record, including its final line feed. */
export type Format = (record: LogRecord) => string;

/** The part of Deno.FsFile, Deno.stdout and Deno.stderr that is written to. */
export interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** Writes all of it: one call in the usual case, so that a line of another process cannot come between. */
export function writeFully(writer: SyncWriter, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writer.writeSync(bytes.subarray(written));
}
