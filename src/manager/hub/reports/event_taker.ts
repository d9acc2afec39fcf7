import { AppError, type Clock } from "../../../core/mod.ts";
import type { NewFleetEvent, ProcessEvent } from "../../../protocol/mod.ts";
import type { HostEntry } from "../hosts/host_entry.ts";
import type { ProcessKeeper } from "../hosts/process_keeper.ts";
import type { EventsPort } from "../ports.ts";

const MAX_MESSAGE = 2_000;
const MAX_PROCESS = 200;

/** Takes what has happened to the processes of a host. */
export class EventTaker {
  readonly #clock: Clock;
  readonly #events: EventsPort;
  readonly #processes: ProcessKeeper;

  constructor(clock: Clock, events: EventsPort, processes: ProcessKeeper) {
    this.#clock = clock;
    this.#events = events;
    this.#processes = processes;
  }

  /** Resolves when they are safe, with the number up to which they are. */
  async take(entry: HostEntry, events: readonly ProcessEvent[]): Promise<number> {
    const known = entry.record.eventSeq;
    if (!events.every(({ seq }) => Number.isSafeInteger(seq) && seq >= 0)) {
      throw new AppError("invalid_input", "The number of an event must be a whole number");
    }
    const nowMs = this.#clock.nowMs();
    const fresh = events.filter(({ seq }) => seq > known).toSorted((a, b) => a.seq - b.seq);
    await this.#events.publish(fresh.map((event) => fleetEvent(entry.id, event, nowMs)));
    const eventSeq = Math.max(entry.record.eventSeq, fresh.at(-1)?.seq ?? 0);
    // The store has kept it along with the events.
    if (eventSeq > entry.record.eventSeq) entry.record = { ...entry.record, eventSeq };
    this.#processes.happened(entry, fresh);
    return eventSeq;
  }
}

/** A host whose clock is ahead would have its events outlive all others. */
function fleetEvent(hostId: string, event: ProcessEvent, nowMs: number): NewFleetEvent {
  const { seq, timeMs, process, level, state, kind, reason } = event;
  const message = kind === "state" ? reason : `${kind}: ${reason}`;
  return {
    timeMs: Math.max(0, Math.min(timeMs, nowMs)),
    kind: "process",
    level,
    hostId,
    process: process.slice(0, MAX_PROCESS),
    state,
    message: message.slice(0, MAX_MESSAGE),
    hostSeq: seq,
  };
}
