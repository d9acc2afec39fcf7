/** What a running process uses, as Linux tells it. */

export interface MemoryUse {
  readonly anonymousBytes: number;
  readonly rssBytes: number;
}

export function parseMemory(smapsRollup: string): MemoryUse {
  const bytes = (field: string) => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(smapsRollup)?.[1];
    if (kilobytes === undefined) throw new Error(`smaps_rollup has no ${field}`);
    return Number(kilobytes) * 1024;
  };
  return { anonymousBytes: bytes("Anonymous"), rssBytes: bytes("Rss") };
}

export async function readMemory(pid: number): Promise<MemoryUse> {
  return parseMemory(await Deno.readTextFile(`/proc/${pid}/smaps_rollup`));
}

/**
 * Adds up the nanoseconds that each thread of a process was on a core, those of ended threads included. A process that
 * does little needs less than the 10 ms that /proc/PID/stat counts in.
 */
export class CpuMeter {
  readonly #pid: number;
  readonly #byThread = new Map<string, number>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  async nanoseconds(): Promise<number> {
    for await (const { name } of Deno.readDir(`/proc/${this.#pid}/task`)) {
      try {
        const [onCpu] = (await Deno.readTextFile(`/proc/${this.#pid}/task/${name}/schedstat`)).split(" ");
        this.#byThread.set(name, Number(onCpu));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // the thread ended just now
      }
    }
    return this.#byThread.values().reduce((sum, nanoseconds) => sum + nanoseconds, 0);
  }
}

export const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
