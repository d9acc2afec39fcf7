import type { CpuTimes } from "../../../protocol/mod.ts";
import { count, countAt, countsAt, lineEnd } from "../reading/counts.ts";

/** /proc/stat counts in hundredths of a second on every architecture that this program runs on. */
const TICKS_PER_SECOND = 100;
const MODES = 10;

export interface ProcStat {
  readonly total: CpuTimes | undefined;
  /** Those that are online, in the kernel's order. */
  readonly cores: readonly { readonly id: string; readonly times: CpuTimes | undefined }[];
  readonly contextSwitches: number | undefined;
  readonly interrupts: number | undefined;
  readonly forks: number | undefined;
  readonly running: number | undefined;
  readonly blocked: number | undefined;
  readonly bootSeconds: number | undefined;
}

/** https://man7.org/linux/man-pages/man5/proc_stat.5.html; older kernels have fewer modes, newer ones may have more. */
export function parseProcStat(text: string): ProcStat {
  let total: CpuTimes | undefined;
  const cores: { id: string; times: CpuTimes | undefined }[] = [];
  const known = new Set<string>();
  const singles = new Map<string, number | undefined>();
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start);
    const nameEnd = Math.min(end, text.indexOf(" ", start) >>> 0);
    const name = text.slice(start, nameEnd);
    if (name === "cpu") {
      total = parseTimes(text, nameEnd, end);
    } else if (name.startsWith("cpu")) {
      const id = name.slice(3);
      if (count(id) !== undefined && !known.has(id)) {
        known.add(id);
        cores.push({ id, times: parseTimes(text, nameEnd, end) });
      }
    } else {
      singles.set(name, firstCount(text, nameEnd + 1, end));
    }
    start = end + 1;
  }
  return {
    total,
    cores,
    contextSwitches: singles.get("ctxt"),
    interrupts: singles.get("intr"),
    forks: singles.get("processes"),
    running: singles.get("procs_running"),
    blocked: singles.get("procs_blocked"),
    bootSeconds: singles.get("btime"),
  };
}

/** The line of interrupts has thousands of numbers on a large machine; only its first, the sum, is looked at. */
function firstCount(text: string, start: number, end: number): number | undefined {
  const blank = text.indexOf(" ", start) >>> 0;
  return countAt(text, start, Math.min(end, blank));
}

function parseTimes(text: string, start: number, end: number): CpuTimes | undefined {
  const [user, nice, system, idle, iowait, irq, softirq, steal, guest, guestNice] = countsAt(text, start, end, MODES);
  if (user === undefined || system === undefined || idle === undefined) return undefined;
  return {
    user: user / TICKS_PER_SECOND,
    nice: seconds(nice),
    system: system / TICKS_PER_SECOND,
    idle: idle / TICKS_PER_SECOND,
    iowait: seconds(iowait),
    irq: seconds(irq),
    softirq: seconds(softirq),
    steal: seconds(steal),
    guest: seconds(guest),
    guestNice: seconds(guestNice),
  };
}

function seconds(ticks: number | undefined): number | undefined {
  return ticks === undefined ? undefined : ticks / TICKS_PER_SECOND;
}
