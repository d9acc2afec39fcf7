import { AppError, messageOf } from "../../../core/mod.ts";
import type { ProcessesSample, ProcessUse } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { decimal } from "../reading/counts.ts";
import { countAfter } from "../reading/keyed_lines.ts";
import { type KernelUnits, kernelUnits } from "../reading/kernel_units.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { parseStatus, programName } from "./process_name.ts";
import { ProcessTable } from "./process_table.ts";
import { ProcessScanner } from "./scan.ts";
import { stateWord } from "./states.ts";
import { SupervisedUses } from "./supervised.linux.ts";
import { TopRows } from "./top_rows.ts";
import { UserNames } from "./user_names.ts";

/** One scan serves everything: how many there are, the largest users, and the families of supervised processes. */
export function linuxProcesses(
  options: CollectorsConfig["processes"],
  deps: CollectorDeps,
  units: KernelUnits = kernelUnits(),
): Collector<ProcessesSample> {
  return new LinuxProcesses(options.top, deps, units);
}

/** Of a program's arguments only the start of the first is wanted; some have megabytes of them. */
const ARGUMENT_BYTES = 512;

type Use = Omit<ProcessUse, "name" | "user">;

class LinuxProcesses implements Collector<ProcessesSample> {
  readonly #top: number;
  readonly #deps: CollectorDeps;
  readonly #units: KernelUnits;
  readonly #scanner: ProcessScanner;
  readonly #users: UserNames;
  readonly #supervised: SupervisedUses;
  readonly #arguments = new Uint8Array(ARGUMENT_BYTES);
  #latest = new ProcessTable();
  #spare = new ProcessTable();
  /** When the latest scan began, by our clock and by the kernel's. */
  #latestMs: number | null = null;
  #latestUpSeconds = Infinity;

  constructor(top: number, deps: CollectorDeps, units: KernelUnits) {
    this.#top = top;
    this.#deps = deps;
    this.#units = units;
    this.#scanner = new ProcessScanner(deps.tree.roots.proc);
    this.#users = new UserNames(deps.tree, deps.clock);
    this.#supervised = new SupervisedUses(deps.tree, deps.clock, units);
  }

  async collect(signal: AbortSignal): Promise<Reading<ProcessesSample>> {
    const { tree, clock, ports } = this.#deps;
    const nowMs = clock.monotonicMs();
    const upSeconds = upTime(tree);
    const table = this.#spare;
    await this.#scan(table, signal);
    const problems: string[] = [];
    if (this.#scanner.denied > 0) problems.push(`${tree.proc()}: the processes of other users are hidden`);
    const bootMs = bootTime(tree);
    const startedMs = (row: number) => this.#startedMs(table.startTicks(row), bootMs);
    const elapsedSeconds = this.#latestMs === null ? 0 : (nowMs - this.#latestMs) / 1000;
    const sample: ProcessesSample = {
      total: table.count,
      ...countStates(table),
      threadsLimit: tree.number(tree.proc("sys/kernel/threads-max")),
      pidLimit: tree.number(tree.proc("sys/kernel/pid_max")),
      ...this.#lists(table, elapsedSeconds, startedMs),
      supervised: this.#supervised.read(table, ports.supervised(), startedMs, problems),
    };
    // Only now is it the latest: a scan that was broken off changes nothing.
    [this.#latest, this.#spare] = [table, this.#latest];
    this.#latestMs = nowMs;
    this.#latestUpSeconds = upSeconds ?? Infinity;
    return { sample, problems };
  }

  async #scan(table: ProcessTable, signal: AbortSignal): Promise<void> {
    const { tree, clock } = this.#deps;
    try {
      await this.#scanner.scan(table, () => clock.sleep(0, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      throw new AppError("unavailable", `Cannot list the processes: ${messageOf(error)}`, { cause: error });
    }
    if (table.count === 0) throw new AppError("unavailable", `Cannot list the processes: ${tree.proc()} shows none`);
  }

  #lists(
    table: ProcessTable,
    elapsedSeconds: number,
    startedMs: (row: number) => number | undefined,
  ): Pick<ProcessesSample, "topByCpu" | "topByMemory"> {
    const [byCpu, byMemory] = this.#largest(table);
    const uses = new Map<number, ProcessUse | null>();
    const useOf = (row: number): ProcessUse[] => {
      let use = uses.get(row);
      if (use === undefined) uses.set(row, use = this.#named(this.#use(table, row, elapsedSeconds, startedMs(row))));
      return use === null ? [] : [use];
    };
    return { topByCpu: byCpu.rows.flatMap(useOf), topByMemory: byMemory.rows.flatMap(useOf) };
  }

  /** Both tables are in the order of pids, so one walk through the two finds each process in the scan before. */
  #largest(table: ProcessTable): [byCpu: TopRows, byMemory: TopRows] {
    const before = this.#latest;
    const byCpu = new TopRows(this.#top);
    const byMemory = new TopRows(this.#top);
    for (let row = 0, old = 0; row < table.count; row++) {
      const pid = table.pid(row);
      while (old < before.count && before.pid(old) < pid) old++;
      byCpu.offer(row, this.#ticksSince(table, row, old));
      byMemory.offer(row, table.rssPages(row));
    }
    return [byCpu, byMemory];
  }

  /** NaN where it cannot be told. A pid with another start time is another process. */
  #ticksSince(table: ProcessTable, row: number, old: number): number {
    const before = this.#latest;
    const [ticks, startTicks] = [table.cpuTicks(row), table.startTicks(row)];
    if (ticks < 0 || startTicks < 0) return NaN;
    if (before.pid(old) === table.pid(row) && before.startTicks(old) === startTicks) {
      const grown = ticks - before.cpuTicks(old);
      return before.cpuTicks(old) < 0 || grown < 0 ? NaN : grown;
    }
    // It began after the scan before, so all that it has used is of the time between.
    return startTicks + 1 >= this.#latestUpSeconds * this.#units.ticksPerSecond ? ticks : NaN;
  }

  #use(table: ProcessTable, row: number, elapsedSeconds: number, startedMs: number | undefined): Use {
    const [pages, threads] = [table.rssPages(row), table.threads(row)];
    const ticks = this.#ticksSince(table, row, this.#latest.rowOf(table.pid(row)));
    const cpuPercent = (ticks / this.#units.ticksPerSecond / elapsedSeconds) * 100;
    return {
      pid: table.pid(row),
      state: stateWord(String.fromCharCode(table.state(row))),
      cpuPercent: elapsedSeconds > 0 && Number.isFinite(cpuPercent) ? cpuPercent : undefined,
      rssBytes: pages < 0 ? undefined : pages * this.#units.pageBytes,
      threads: threads < 0 ? undefined : threads,
      startedMs,
    };
  }

  /** The few that are listed get their names, from files that are too many to read for all; null for one that has ended. */
  #named(use: Use): ProcessUse | null {
    const { tree } = this.#deps;
    const status = tree.text(tree.proc(String(use.pid), "status"));
    if (status === null) return null;
    const { command, uid } = parseStatus(status);
    const name = programName(readStart(tree.proc(String(use.pid), "cmdline"), this.#arguments), command);
    return name === null ? null : { ...use, name, user: uid === undefined ? undefined : this.#users.name(uid) };
  }

  #startedMs(startTicks: number, bootMs: number | undefined): number | undefined {
    if (bootMs === undefined || startTicks < 0) return undefined;
    return Math.round(bootMs + (startTicks * 1000) / this.#units.ticksPerSecond);
  }
}

function countStates(table: ProcessTable): Pick<ProcessesSample, "states" | "threads"> {
  const states: Record<string, number> = {};
  const counts = new Uint32Array(256);
  let threads: number | undefined;
  for (let row = 0; row < table.count; row++) {
    const state = table.state(row);
    counts[state] = (counts[state] ?? 0) + 1;
    const own = table.threads(row);
    if (own >= 0) threads = (threads ?? 0) + own;
  }
  counts.forEach((count, state) => {
    if (count === 0) return;
    const word = stateWord(String.fromCharCode(state));
    states[word] = (states[word] ?? 0) + count;
  });
  return { states, threads };
}

/** Seconds since the kernel started. */
function upTime(tree: TreeReader): number | undefined {
  const [text = ""] = tree.text(tree.proc("uptime"))?.split(" ", 1) ?? [];
  return decimal(text);
}

/** Start times are counted from it; it is asked each time because setting the clock moves it. */
function bootTime(tree: TreeReader): number | undefined {
  const seconds = countAfter(tree.text(tree.proc("stat")) ?? "", "btime ");
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The text that fits into the buffer; empty for what cannot be read, as kernel threads have no arguments either. */
function readStart(path: string, buffer: Uint8Array<ArrayBuffer>): string {
  try {
    const file = Deno.openSync(path);
    try {
      return new TextDecoder().decode(buffer.subarray(0, file.readSync(buffer) ?? 0));
    } finally {
      file.close();
    }
  } catch {
    return ""; // it has ended meanwhile, or hides its arguments: then it goes by the kernel's name
  }
}
