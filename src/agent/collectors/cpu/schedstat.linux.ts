import type { CpuCore } from "../../../protocol/mod.ts";
import { count, countsAt, forEachLine } from "../reading/counts.ts";

const NANOSECONDS = 1e9;
const FIELDS = 9;

export type Scheduled = NonNullable<CpuCore["scheduled"]>;

/**
 * https://docs.kernel.org/scheduler/sched-stats.html: the last three numbers of a core's line are those of its tasks.
 * The lines of domains between them, which are far longer, are passed over.
 */
export function parseSchedstat(text: string): Map<string, Scheduled> {
  const cores = new Map<string, Scheduled>();
  forEachLine(text, (start, end) => {
    if (!text.startsWith("cpu", start)) return;
    const nameEnd = text.indexOf(" ", start);
    if (nameEnd < 0 || nameEnd > end) return;
    const id = text.slice(start + 3, nameEnd);
    const fields = countsAt(text, nameEnd, end, FIELDS);
    const [running, waiting, timeslices] = fields.slice(6);
    if (count(id) === undefined || running === undefined || waiting === undefined || timeslices === undefined) return;
    cores.set(id, { runningSeconds: running / NANOSECONDS, waitingSeconds: waiting / NANOSECONDS, timeslices });
  });
  return cores;
}
