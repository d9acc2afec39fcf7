/** What processes use, looked at each second. */
import { setInterval } from "node:timers";
import { type MemoryUse, readMemory } from "./process_use.ts";

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Seconds of CPU, of the user and the system, out of /proc/PID/stat. */
export function parseCpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third one on
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isFinite(user + system)) throw new Error("/proc/PID/stat has too few fields");
  return (user + system) / TICKS_PER_SECOND;
}

/** Seconds of CPU of the whole machine in which it was not idle, out of /proc/stat. */
export function parseBusySeconds(stat: string): number {
  const [user, nice, system, , , irq, softirq] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? "").split(" ").map(Number);
  const ticks = [user, nice, system, irq, softirq].reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0);
  if (!Number.isFinite(ticks)) throw new Error("/proc/stat does not tell what the processors did");
  return ticks / TICKS_PER_SECOND;
}

/** How busy the machine is, from when it is made; the result is percent of one core since then. */
export function busyMeter(): () => number {
  const read = () => ({ atMs: performance.now(), seconds: parseBusySeconds(Deno.readTextFileSync("/proc/stat")) });
  const first = read();
  return () => {
    const now = read();
    return (now.seconds - first.seconds) / (now.atMs - first.atMs) * 100_000;
  };
}

export interface UseReport {
  /** Of one core. */
  readonly meanPercent: number;
  /** In the busiest second. */
  readonly peakPercent: number;
  readonly peakRssBytes: number;
}

/** What some processes use together, from when it is made until it is asked for. */
export class UseMeter {
  readonly #pids: readonly number[];
  readonly #beganMs = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #first: number;
  #last: { readonly atMs: number; readonly seconds: number };
  #peakPercent = 0;
  #peakRssBytes = 0;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#first = this.#seconds();
    this.#last = { atMs: this.#beganMs, seconds: this.#first };
    this.#timer = setInterval(() => this.#lookIfThere(), 1_000);
    this.#timer.unref();
  }

  stop(): UseReport {
    clearInterval(this.#timer);
    this.#look();
    const { atMs, seconds } = this.#last;
    return {
      meanPercent: (seconds - this.#first) / (atMs - this.#beganMs) * 100_000,
      peakPercent: this.#peakPercent,
      peakRssBytes: this.#peakRssBytes,
    };
  }

  /** When one has ended, whoever waits for what it does says so. */
  #lookIfThere(): void {
    try {
      this.#look();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      clearInterval(this.#timer);
    }
  }

  #look(): void {
    const [atMs, seconds] = [performance.now(), this.#seconds()];
    const spanMs = atMs - this.#last.atMs;
    if (spanMs >= 500) {
      this.#peakPercent = Math.max(this.#peakPercent, (seconds - this.#last.seconds) / spanMs * 100_000);
    }
    this.#last = { atMs, seconds };
    this.#peakRssBytes = Math.max(this.#peakRssBytes, this.#sum((pid) => rssBytes(pid)));
  }

  #seconds(): number {
    return this.#sum((pid) => parseCpuSeconds(Deno.readTextFileSync(`/proc/${pid}/stat`)));
  }

  #sum(read: (pid: number) => number): number {
    return this.#pids.reduce((sum, pid) => sum + read(pid), 0);
  }
}

function rssBytes(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * PAGE_BYTES;
}

export async function memoryOf(pids: readonly number[]): Promise<MemoryUse> {
  const all = await Promise.all(pids.map((pid) => readMemory(pid)));
  return {
    anonymousBytes: all.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0),
    rssBytes: all.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
  };
}

/** How many files and sockets a process may have open. */
export function openFilesLimit(limits: string): number {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === "unlimited" ? Infinity : Number(soft);
}
