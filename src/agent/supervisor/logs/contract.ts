import type { Pattern } from "../../../core/mod.ts";
import type { LogFileReport, LogLine, LogLines, SearchLine } from "../../../protocol/mod.ts";
import type { LogSpec } from "../spec/process_spec.ts";
import type { SearchedProcess, SearchQuery } from "./search/search_query.ts";

export interface KeptLogs {
  readonly id: string;
  readonly log: LogSpec;
  readonly logPaths: readonly string[];
}

export interface LogQuery {
  readonly lines: number;
  readonly sinceMs?: number;
  readonly grep?: Pattern;
  /** `stdout`, `stderr` or one of the files that log_paths match; all of stdout and stderr if absent. */
  readonly file?: string;
}

export interface FollowQuery {
  /** So many of the latest lines first. */
  readonly lines: number;
  readonly grep?: Pattern;
  readonly file?: string;
}

/** The log files of all processes: rotated, indexed by time, read and followed. The agent is never between a program and its file. */
export interface ProcessLogs {
  /** Looks after these files from now on; called again when a process's spec has changed. */
  keep(logs: KeptLogs): void;
  /** Looks after them no more; the files stay. */
  forget(id: string): void;
  /** Deletes what was written for a process that was removed. */
  remove(id: string): void;
  read(id: string, query: LogQuery, signal: AbortSignal): Promise<LogLines>;
  follow(id: string, query: FollowQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  files(id: string): LogFileReport[];
  /** Looks for lines in all files of these processes, the newest first. Whoever leaves the loop ends it. */
  search(
    processes: readonly SearchedProcess[],
    query: SearchQuery,
    signal: AbortSignal,
  ): AsyncGenerator<SearchLine, void>;
  /** Calls back at the first line written from now on that matches, by whichever of the two streams. */
  awaitLine(id: string, pattern: RegExp, onMatch: (line: string) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}
