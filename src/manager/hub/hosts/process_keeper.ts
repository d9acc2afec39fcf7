import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { LIVING_STATES, type ProcessBrief, type ProcessEvent } from "../../../protocol/mod.ts";
import type { ProcessRecord } from "../ports.ts";
import type { Directory } from "./directory.ts";
import type { HostEntry } from "./host_entry.ts";
import { boundedBrief, isBad } from "./host_view.ts";
import type { RecordWriter } from "./record_writer.ts";

/** Of all hosts together; what is beyond is counted, but not kept. */
const MAX_FLEET_PROCESSES = 500_000;
/** The processes of one host are written so often at most. */
const WRITE_EVERY_MS = 10_000;
/** As long as a report's may be. */
const MAX_REASON = 1_000;

/** The hosts' processes as they were last reported. */
export class ProcessKeeper {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #directory: Directory;
  readonly #writer: RecordWriter;
  readonly #dirty = new Set<HostEntry>();
  #kept = 0;
  #isFull = false;

  constructor(parts: { clock: Clock; log: Logger; directory: Directory; writer: RecordWriter }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#directory = parts.directory;
    this.#writer = parts.writer;
  }

  /** What the store has of a host from before the start. */
  load(entry: HostEntry, processes: readonly ProcessRecord[]): void {
    this.#set(entry, processes, processes);
  }

  report(entry: HostEntry, briefs: readonly ProcessBrief[]): void {
    const [hostId, reportedMs] = [entry.id, this.#clock.nowMs()];
    const room = MAX_FLEET_PROCESSES - this.#kept + entry.processes.length;
    const records = briefs.slice(0, room).map((brief) => ({ ...boundedBrief(brief), hostId, reportedMs }));
    if (isOtherwise(entry.processes, records)) this.#dirty.add(entry);
    this.#set(entry, records, briefs);
    this.#tellFull(this.#kept >= MAX_FLEET_PROCESSES);
    this.#directory.changedWithProcesses(entry);
  }

  /** An event comes at once, the report that says the same with a later heartbeat: lists need not wait for it. */
  happened(entry: HostEntry, events: readonly ProcessEvent[]): void {
    const latest = new Map(events.filter(({ kind }) => kind === "state").map((event) => [event.process, event]));
    const isNews = (process: ProcessRecord) => isLater(latest.get(process.id), process);
    if (this.#directory.get(entry.id) !== entry || !entry.processes.some(isNews)) return;
    const records = entry.processes.map((process) => {
      const event = latest.get(process.id);
      return event !== undefined && isLater(event, process) ? changedBy(event, process) : process;
    });
    entry.badProcesses += badOf(records) - badOf(entry.processes);
    entry.processes = records;
    this.#dirty.add(entry);
    this.#directory.changedWithProcesses(entry);
  }

  forget(entry: HostEntry): void {
    this.#kept -= entry.processes.length;
    this.#dirty.delete(entry);
  }

  /** Has written what has changed, of each host now and then. */
  sweep(isLast = false): void {
    const nowMs = this.#clock.monotonicMs();
    for (const entry of this.#dirty) {
      if (!isLast && nowMs - entry.processesWrittenMs < WRITE_EVERY_MS) continue;
      entry.processesWrittenMs = nowMs;
      this.#dirty.delete(entry);
      this.#writer.setProcesses(entry.id, entry.processes);
    }
  }

  #set(entry: HostEntry, records: readonly ProcessRecord[], all: readonly ProcessBrief[]): void {
    this.#kept += records.length - entry.processes.length;
    entry.processes = records;
    entry.processTotal = all.length;
    entry.badProcesses = badOf(all);
  }

  #tellFull(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    if (isFull) this.#log.warn("processes are left out of the lists", { most: MAX_FLEET_PROCESSES });
  }
}

function badOf(briefs: readonly ProcessBrief[]): number {
  return briefs.reduce((count, brief) => isBad(brief) ? count + 1 : count, 0);
}

/** Both times are of the host's own clock. What a report has told already is not undone by an event of before. */
function isLater(event: ProcessEvent | undefined, { state, sinceMs }: ProcessRecord): boolean {
  return event !== undefined && event.state !== state && event.timeMs >= sinceMs;
}

/** What it uses is not known of its new life yet. */
function changedBy({ state, timeMs, reason, pid }: ProcessEvent, before: ProcessRecord): ProcessRecord {
  const { pid: _pid, cpuPercent: _cpuPercent, rssBytes: _rssBytes, ...kept } = before;
  const isThere = pid !== undefined && LIVING_STATES.includes(state);
  return { ...kept, state, sinceMs: timeMs, reason: reason.slice(0, MAX_REASON), ...(isThere && { pid }) };
}

/** What they use changes all the time and is not worth writing down. */
function isOtherwise(before: readonly ProcessRecord[], after: readonly ProcessRecord[]): boolean {
  return before.length !== after.length || after.some((process, at) => {
    const known = before[at];
    return known === undefined || known.id !== process.id || known.state !== process.state ||
      known.pid !== process.pid || known.restarts !== process.restarts || known.name !== process.name;
  });
}
