import type { CpuTimes } from "../../../protocol/mod.ts";

/** A fall of more than this is a new count: the core was taken out and came back, or the machine was restored. */
const RESET_SECONDS = 3;

/**
 * Keeps counters from going back. The kernel computes idle time and time in wait for input and output anew at each
 * reading, from different clocks, and may tell a little less than before; a counter that falls would be taken for one
 * that was reset. So what was told once stands until the kernel has caught up with it.
 */
export class SteadyTimes {
  readonly #last = new Map<string, CpuTimes>();

  /** The times to report for what has this name. */
  steady(name: string, now: CpuTimes): CpuTimes {
    const before = this.#last.get(name);
    const steady = before === undefined || wasReset(now, before) ? now : highest(now, before);
    this.#last.set(name, steady);
    return steady;
  }
}

function wasReset(now: CpuTimes, before: CpuTimes): boolean {
  return before.idle - now.idle >= RESET_SECONDS || before.user - now.user >= RESET_SECONDS ||
    before.system - now.system >= RESET_SECONDS;
}

function highest(now: CpuTimes, before: CpuTimes): CpuTimes {
  return {
    user: Math.max(now.user, before.user),
    nice: higher(now.nice, before.nice),
    system: Math.max(now.system, before.system),
    idle: Math.max(now.idle, before.idle),
    iowait: higher(now.iowait, before.iowait),
    irq: higher(now.irq, before.irq),
    softirq: higher(now.softirq, before.softirq),
    steal: higher(now.steal, before.steal),
    guest: higher(now.guest, before.guest),
    guestNice: higher(now.guestNice, before.guestNice),
  };
}

function higher(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined ? now : Math.max(now, before);
}
