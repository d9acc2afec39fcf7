import { type Clock, fullJitterMs, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import { eventsAnswer, MAX_EVENTS, type ProcessEvent, REPORT_PATHS } from "../../protocol/mod.ts";
import type { ProcessesPort } from "./ports.ts";

export interface EventReporterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly processes: ProcessesPort;
  readonly call: (path: string, body: unknown) => Promise<unknown>;
}

const BACKOFF = { baseMs: 1_000, maxMs: 60_000 };
/** A request of this size is taken by anybody; what is left goes with the next. */
const MAX_BYTES = 256 * 1024;

/**
 * Tells the manager what happens to the processes: first what has happened without it, then the rest as it happens. The
 * host's own list of events is what is told from, so nothing waits in here.
 */
export class EventReporter {
  readonly #options: EventReporterOptions;
  readonly #state: StateLog;
  /** Up to which number the manager has them. */
  #seq: number;
  #news = Promise.withResolvers<void>();

  constructor(seq: number, options: EventReporterOptions) {
    this.#options = options;
    this.#seq = seq;
    this.#state = createStateLog(options.log, options.clock, "telling the manager what happens to processes");
  }

  /** Something has happened. */
  wake(): void {
    this.#news.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, processes, log } = this.#options;
    signal.addEventListener("abort", () => this.#news.resolve(), { once: true });
    const { last } = processes.eventsAfter(this.#seq, 1);
    if (last < this.#seq) {
      log.warn("the manager knows events of an older list; it is told those with greater numbers", { last });
    }
    for (let failures = 0; !signal.aborted;) {
      this.#news = Promise.withResolvers<void>();
      if (signal.aborted) return;
      const events = batchOf(processes.eventsAfter(this.#seq, MAX_EVENTS).events);
      if (events.length === 0) await this.#news.promise;
      else if (await this.#tell(events, signal)) failures = 0;
      else if (!signal.aborted) {
        await clock.sleep(fullJitterMs(BACKOFF, ++failures, random()), signal).catch(() => {}); // ended, which the loop sees
      }
    }
  }

  async #tell(events: readonly ProcessEvent[], signal: AbortSignal): Promise<boolean> {
    try {
      const answer = eventsAnswer().safeParse(await this.#options.call(REPORT_PATHS.events, { events }));
      if (!answer.success || answer.data.eventSeq <= this.#seq) throw new Error("the manager has taken none of them");
      this.#seq = answer.data.eventSeq;
      this.#state.recovered();
      return true;
    } catch (error) {
      if (!signal.aborted) this.#state.failed(messageOf(error));
      return false;
    }
  }
}

/** As many as fit, one at least. */
function batchOf(events: readonly ProcessEvent[]): readonly ProcessEvent[] {
  let bytes = 0;
  const tooMany = events.findIndex((event) => (bytes += 4 * JSON.stringify(event).length) > MAX_BYTES);
  return tooMany < 0 ? events : events.slice(0, Math.max(1, tooMany));
}
