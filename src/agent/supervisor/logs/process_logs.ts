import { dirname } from "node:path";
import { AppError, type Clock, messageOf } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { type LogSurgery, logSurgery } from "../../../platform/mod.ts";
import type { LogFileReport, LogLine, LogLines, SearchLine } from "../../../protocol/mod.ts";
import { Compressor } from "./compressor.ts";
import type { FollowQuery, KeptLogs, LogQuery, ProcessLogs } from "./contract.ts";
import { type Follower, SourceFollower } from "./followers.ts";
import type { StepName } from "./head_cutter.ts";
import { KeptFile, type Workshop } from "./kept_file.ts";
import { Lane } from "../lane.ts";
import { LineFilter } from "./line_filter.ts";
import { LineWaits } from "./line_waits.ts";
import { filesOf, followerOf, type KeptProcess, sourcesOf } from "./kept_process.ts";
import type { OnLogEvent } from "./log_event.ts";
import type { LogSource } from "./log_source.ts";
import { readTail } from "./read_tail.ts";
import { Rotator } from "./rotator.ts";
import type { SearchedProcess, SearchQuery } from "./search/search_query.ts";

export interface ProcessLogsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when something about a log begins or ceases to be wrong. */
  readonly onEvent?: OnLogEvent;
  /** For tests: where the agent may be killed, and what else a system may lack. */
  readonly onStep?: (step: StepName) => void;
  readonly withGzip?: boolean;
  readonly surgery?: LogSurgery;
}

const DIRECTORY_MODE = 0o750;
const MAX_LINES = 10_000;
const FOLLOW_POLL_MS = 150;
/** All that is due within this is looked at together, so that few wake-ups serve many files. */
const TICK_MS = 100;
/** The agent does nothing else meanwhile. At its start it may have a thousand files to open for the first time. */
const LONGEST_TURN_MS = 20;
/** How long nothing can be due, and what is kept meanwhile is seen by then. */
const LONGEST_SLEEP_MS = 1_000;
/** More than one, so that a directory that hangs does not keep all others waiting. */
const ROTATIONS_AT_A_TIME = 2;

/** Makes what looks after the logs of all processes; it does nothing until there is one. */
export function createProcessLogs(options: ProcessLogsOptions): ProcessLogs {
  return new AllLogs(options);
}

class AllLogs implements ProcessLogs {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #shop: Workshop;
  readonly #waits: LineWaits;
  readonly #processes = new Map<string, KeptProcess>();
  /** By path: two processes that were told to share a file share its rotation. */
  readonly #files = new Map<string, KeptFile>();
  #stopped = new AbortController();
  #started = false;
  #watching: Promise<void> | null = null;

  constructor({ clock, log, onEvent = () => {}, onStep, withGzip = true, surgery = logSurgery() }: ProcessLogsOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#shop = {
      clock,
      log,
      onEvent,
      surgery,
      rotator: new Rotator({ surgery, nowMs: () => clock.nowMs(), onStep }),
      rotations: new Lane(ROTATIONS_AT_A_TIME),
      compressor: new Compressor({ surgery, withGzip }),
      compressions: new Lane(1),
      signal: () => this.#stopped.signal,
    };
    this.#waits = new LineWaits(clock, (error) => log.warn("a log cannot be read", { reason: messageOf(error) }));
  }

  keep(logs: KeptLogs): void {
    const files = new Map<string, KeptFile>();
    for (const [name, path] of [["stdout", logs.log.stdout], ["stderr", logs.log.stderr]] as const) {
      if (path !== null) files.set(name, this.#keptFile(path, logs));
    }
    const before = this.#processes.get(logs.id);
    this.#processes.set(logs.id, { logs, files });
    const now = new Set(files.values());
    for (const file of before?.files.values() ?? []) if (!now.has(file)) this.#release(file, logs.id);
    this.#watch();
  }

  forget(id: string): void {
    const kept = this.#processes.get(id);
    this.#processes.delete(id);
    for (const file of new Set(kept?.files.values())) this.#release(file, id);
  }

  remove(id: string): void {
    const files = new Set(this.#processes.get(id)?.files.values());
    this.forget(id);
    for (const file of files) if (file.users.size === 0) file.remove();
  }

  async read(id: string, { lines, sinceMs, grep, file }: LogQuery, signal: AbortSignal): Promise<LogLines> {
    const filter = new LineFilter(grep, this.#clock);
    const sources = this.#sources(id, file);
    const wanted = Math.min(MAX_LINES, Math.max(0, lines));
    const tail = await readTail(sources, { lines: wanted, sinceMs, filter, withUnfinished: true, signal });
    return { lines: tail.lines, incomplete: tail.incomplete };
  }

  async *follow(id: string, { lines, grep, file }: FollowQuery, signal: AbortSignal): AsyncGenerator<LogLine, void> {
    const filter = new LineFilter(grep, this.#clock);
    const sources = this.#sources(id, file);
    const wanted = Math.min(MAX_LINES, Math.max(0, lines));
    const followers: Follower[] = [];
    try {
      const tail = await readTail(sources, { lines: wanted, filter, withUnfinished: false, signal });
      followers.push(...sources.map((source, index) => followerOf(source, tail.next[index] ?? 0)));
      yield* tail.lines;
      while (!signal.aborted) yield* this.#newLines(followers, filter, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const follower of followers) follower[Symbol.dispose]();
    }
  }

  files(id: string): LogFileReport[] {
    return filesOf(this.#kept(id));
  }

  async *search(
    processes: readonly SearchedProcess[],
    query: SearchQuery,
    signal: AbortSignal,
  ): AsyncGenerator<SearchLine, void> {
    const { searchLogs } = await import("./search/search_logs.ts");
    const kept = processes.flatMap((process) => {
      const found = this.#processes.get(process.id);
      return found === undefined ? [] : [[process, found] as const];
    });
    yield* searchLogs(kept, { query, clock: this.#clock, signal });
  }

  awaitLine(id: string, pattern: RegExp, onMatch: (line: string) => void): () => void {
    const followers = this.#sources(id, undefined).map((source) => new SourceFollower(source, source.look()));
    return this.#waits.add({ followers, pattern, onMatch });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#stopped = new AbortController();
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#stopped.abort();
    await this.#watching;
    await Promise.all([this.#shop.rotations.idle(), this.#shop.compressions.idle(), this.#waits.stop()]);
    for (const file of this.#files.values()) file.flush();
  }

  #keptFile(path: string, { id, log }: KeptLogs): KeptFile {
    let kept = this.#files.get(path);
    if (kept === undefined) {
      this.#makeParents(path);
      kept = new KeptFile(path, log, this.#shop);
      this.#files.set(path, kept);
    }
    kept.file.limits = log;
    kept.users.add(id);
    return kept;
  }

  #makeParents(path: string): void {
    try {
      Deno.mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    } catch (error) {
      // The start of the program will fail for the same reason, and is what its owner looks at.
      this.#log.warn("the directory of a log cannot be made", { file: path, reason: messageOf(error) });
    }
  }

  #release(file: KeptFile, id: string): void {
    file.users.delete(id);
    if (file.users.size > 0) return;
    file.flush();
    this.#files.delete(file.file.path);
  }

  /** One timer for all files; none while there are none. */
  #watch(): void {
    if (!this.#started || this.#files.size === 0 || this.#watching !== null) return;
    this.#watching = this.#lookAround(this.#stopped.signal).finally(() => {
      this.#watching = null;
      this.#watch();
    });
  }

  async #lookAround(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#files.size > 0) {
      const nowMs = this.#clock.monotonicMs();
      this.#lookAtDue(nowMs);
      let dueMs = nowMs + LONGEST_SLEEP_MS;
      for (const file of this.#files.values()) dueMs = Math.min(dueMs, file.dueMs);
      // It is only ever cut short by the stop.
      await this.#clock.sleep(Math.max(TICK_MS, dueMs - nowMs), signal).catch(() => {});
    }
  }

  /** Those first that have waited longest; the rest has its turn after whatever else the agent has to do. */
  #lookAtDue(nowMs: number): void {
    const due = [...this.#files.values()].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    for (const file of due) {
      file.look(nowMs);
      if (this.#clock.monotonicMs() - nowMs > LONGEST_TURN_MS) return;
    }
  }

  /** A part of each log, and a pause when there was nothing new: whoever reads slowly is waited for. */
  async *#newLines(
    followers: readonly Follower[],
    filter: LineFilter,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine, void> {
    let isSilent = true;
    for (const follower of followers) {
      const lines = await follower.poll();
      if (lines.length > 0) isSilent = false;
      const timeMs = this.#clock.nowMs();
      for (const { text, cut } of filter.keep(lines)) {
        if (signal.aborted) return;
        yield { file: follower.name, text, timeMs, ...(cut && { cut }) };
      }
    }
    if (isSilent) await this.#clock.sleep(FOLLOW_POLL_MS, signal);
  }

  #kept(id: string): KeptProcess {
    const kept = this.#processes.get(id);
    if (kept !== undefined) return kept;
    throw new AppError("not_found", `There are no logs of a process ${id}; \`agent ps\` lists those that there are`);
  }

  #sources(id: string, name: string | undefined): LogSource[] {
    return sourcesOf(this.#kept(id), name);
  }
}
