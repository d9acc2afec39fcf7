import type { Clock } from "../../../core/mod.ts";
import type { SupervisedUse } from "../../../protocol/mod.ts";
import type { SupervisedProcess } from "../ports.ts";
import type { KernelUnits } from "../reading/kernel_units.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { families } from "./family.ts";
import { countOpenFiles, isProcfs, type MemberText, parseIo, parsePss, readMember } from "./member_files.ts";
import type { ProcessTable } from "./process_table.ts";
import { SteadyCounter } from "./steady_counter.ts";

/** To learn the proportional size the kernel walks through all memory of a process, so it is asked seldom. */
const PSS_INTERVAL_MS = 60_000;
/** Nor for a family so large that the walk would be felt. */
const PSS_MAX_MEMBERS = 50;
/** Reading two files of each member takes 20 µs; a family that has gone wild must not hold up everything else. */
const FILES_MAX_MEMBERS = 500;
const ZOMBIE = "Z".charCodeAt(0);

/** What is remembered of a family while its first process lives. */
interface Known {
  readonly pid: number;
  readonly startTicks: number;
  readonly cpuTicks: SteadyCounter;
  readonly readBytes: SteadyCounter;
  readonly writtenBytes: SteadyCounter;
  pssBytes: number | undefined;
  pssMs: number;
}

/** Sums up what supervised processes and all their descendants use. */
export class SupervisedUses {
  readonly #tree: TreeReader;
  readonly #clock: Clock;
  readonly #units: KernelUnits;
  readonly #sizeTells: boolean;
  #known = new Map<string, Known>();

  constructor(tree: TreeReader, clock: Clock, units: KernelUnits) {
    this.#tree = tree;
    this.#clock = clock;
    this.#units = units;
    this.#sizeTells = isProcfs(tree.roots.proc);
  }

  /** One that is not in the table has ended, and is left out. */
  read(
    table: ProcessTable,
    supervised: readonly SupervisedProcess[],
    startedMs: (row: number) => number | undefined,
    problems: string[],
  ): SupervisedUse[] {
    const members = families(table, supervised.map(({ pid }) => pid));
    const before = this.#known;
    this.#known = new Map();
    return supervised.flatMap(({ id, pid }, index) => {
      const rows = members[index] ?? [];
      const first = table.rowOf(pid);
      if (first < 0 || rows.length === 0) return [];
      const known = this.#knownOf(before.get(id), pid, table.startTicks(first));
      this.#known.set(id, known);
      const memory = this.#memory(table, rows, known, problems);
      const files = this.#files(table, rows, known, problems);
      return [{
        id,
        pid,
        processes: rows.length,
        ...this.#sums(table, rows, known),
        ...memory,
        ...files,
        startedMs: startedMs(first),
      }];
    });
  }

  #knownOf(before: Known | undefined, pid: number, startTicks: number): Known {
    if (before?.pid === pid && before.startTicks === startTicks) return before;
    return {
      pid,
      startTicks,
      cpuTicks: new SteadyCounter(),
      readBytes: new SteadyCounter(),
      writtenBytes: new SteadyCounter(),
      pssBytes: undefined,
      pssMs: -Infinity,
    };
  }

  /**
   * Processor time: that of every living member and of the children of each that have ended. These are no members any
   * more, and their time is in one parent only, so nothing is counted twice.
   */
  #sums(table: ProcessTable, rows: readonly number[], known: Known): Pick<SupervisedUse, "cpuSeconds" | "threads"> {
    const own = sum(rows, (row) => table.cpuTicks(row));
    const reaped = sum(rows, (row) => table.reapedTicks(row));
    const ticks = own === undefined || reaped === undefined ? undefined : known.cpuTicks.next(own + reaped);
    return {
      cpuSeconds: ticks === undefined ? undefined : ticks / this.#units.ticksPerSecond,
      threads: sum(rows, (row) => table.threads(row)),
    };
  }

  #memory(
    table: ProcessTable,
    rows: readonly number[],
    known: Known,
    problems: string[],
  ): Pick<SupervisedUse, "rssBytes" | "pssBytes"> {
    const pages = sum(rows, (row) => table.rssPages(row));
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - known.pssMs >= PSS_INTERVAL_MS) {
      known.pssBytes = rows.length > PSS_MAX_MEMBERS
        ? undefined
        : this.#sumTexts(table, rows, "smaps_rollup", parsePss, problems);
      known.pssMs = nowMs;
    }
    return { rssBytes: pages === undefined ? undefined : pages * this.#units.pageBytes, pssBytes: known.pssBytes };
  }

  /** The kernel adds the input and output of a child that has ended to its parent's, as it does with processor time. */
  #files(
    table: ProcessTable,
    rows: readonly number[],
    known: Known,
    problems: string[],
  ): Partial<SupervisedUse> {
    if (rows.length > FILES_MAX_MEMBERS) {
      problems.push(`open files and input of a supervised process: it has more than ${FILES_MAX_MEMBERS} processes`);
      return {};
    }
    let written: number | undefined;
    const read = this.#sumTexts(table, rows, "io", (text) => {
      const { readBytes, writtenBytes } = parseIo(text);
      if (writtenBytes !== undefined) written = (written ?? 0) + writtenBytes;
      return readBytes;
    }, problems);
    return {
      readBytes: read === undefined ? undefined : known.readBytes.next(read),
      writtenBytes: read === undefined || written === undefined ? undefined : known.writtenBytes.next(written),
      openFiles: this.#openFiles(table, rows, problems),
    };
  }

  #openFiles(table: ProcessTable, rows: readonly number[], problems: string[]): number | undefined {
    let total: number | undefined;
    for (const row of rows) {
      if (table.state(row) === ZOMBIE) continue;
      const { count, denied } = countOpenFiles(this.#path(table, row, "fd"), this.#sizeTells);
      if (denied !== undefined) return noteDenied(problems, denied);
      if (count !== undefined) total = (total ?? 0) + count;
    }
    return total;
  }

  /** Absent when one member may not be read: a sum without it would be wrong. One that has ended adds nothing. */
  #sumTexts(
    table: ProcessTable,
    rows: readonly number[],
    file: string,
    parse: (text: string) => number | undefined,
    problems: string[],
  ): number | undefined {
    let total: number | undefined;
    for (const row of rows) {
      if (table.state(row) === ZOMBIE) continue;
      const { text, denied }: MemberText = readMember(this.#path(table, row, file));
      if (denied !== undefined) return noteDenied(problems, denied);
      const value = text === undefined ? undefined : parse(text);
      if (value !== undefined) total = (total ?? 0) + value;
    }
    return total;
  }

  #path(table: ProcessTable, row: number, file: string): string {
    return this.#tree.proc(String(table.pid(row)), file);
  }
}

function noteDenied(problems: string[], denied: string): undefined {
  problems.push(denied);
}

/** Of what is known; absent when nothing is. */
function sum(rows: readonly number[], valueOf: (row: number) => number): number | undefined {
  let total: number | undefined;
  for (const row of rows) {
    const value = valueOf(row);
    if (value >= 0) total = (total ?? 0) + value;
  }
  return total;
}
