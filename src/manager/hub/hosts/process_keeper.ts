import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { ProcessBrief } from "../../../protocol/mod.ts";
import type { ProcessRecord } from "../ports.ts";
import type { Directory } from "./directory.ts";
import type { HostEntry } from "./host_entry.ts";
import { boundedBrief, isBad } from "./host_view.ts";
import type { RecordWriter } from "./record_writer.ts";

/** Of all hosts together; what is beyond is counted, but not kept. */
const MAX_FLEET_PROCESSES = 500_000;
/** The processes of one host are written so often at most. */
const WRITE_EVERY_MS = 10_000;

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
    entry.badProcesses = all.reduce((count, brief) => isBad(brief) ? count + 1 : count, 0);
  }

  #tellFull(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    if (isFull) this.#log.warn("processes are left out of the lists", { most: MAX_FLEET_PROCESSES });
  }
}

/** What they use changes all the time and is not worth writing down. */
function isOtherwise(before: readonly ProcessRecord[], after: readonly ProcessRecord[]): boolean {
  return before.length !== after.length || after.some((process, at) => {
    const known = before[at];
    return known === undefined || known.id !== process.id || known.state !== process.state ||
      known.pid !== process.pid || known.restarts !== process.restarts || known.name !== process.name;
  });
}
