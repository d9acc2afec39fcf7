import { messageOf } from "../../../core/mod.ts";
import { type EventStream, openEventStream } from "../../../http/mod.ts";
import type { Caller, FleetEvent } from "../../../protocol/mod.ts";
import type { EventListQuery, EventsPage } from "../ports.ts";

export interface EventListenerOptions {
  /** The seq after which it begins; null for what happens from now on. */
  readonly after: number | null;
  readonly caller: Caller;
  list(caller: Caller, query: Pick<EventListQuery, "after" | "limit">): Promise<EventsPage>;
  isWanted(caller: Caller, event: FleetEvent): boolean;
}

const MAX_BATCH = 200;

/**
 * One who listens to the events. What happens while he is behind is not kept for him but read again from the store, from
 * the last one that he was sent, once there is room for it.
 */
export class EventListener {
  readonly stream: EventStream;
  caller: Caller;
  readonly #options: EventListenerOptions;
  /** Up to which seq he has been told; null until something has happened. */
  #told: number | null;
  #isBehind: boolean;
  #isReading = false;
  /** Counts what has happened, to notice what did while the store was read. */
  #news = 0;

  constructor(options: EventListenerOptions) {
    this.#options = options;
    this.caller = options.caller;
    this.#told = options.after;
    this.#isBehind = options.after !== null;
    this.stream = openEventStream({ onRoom: () => void this.#catchUp() });
    this.stream.send("", "events follow");
  }

  /** Says that the connection is alive, which also shows when it is not. */
  ping(): void {
    this.stream.send("", "");
  }

  happened(event: FleetEvent): void {
    this.#news++;
    if (!this.#isBehind && event.seq > (this.#told ?? 0)) {
      // Also while the store is read: what it gives and what happens would come out of order.
      if (this.stream.room > 0 && !this.#isReading) return this.#guarded(() => this.#tell(event));
      this.#told ??= event.seq - 1;
      this.#isBehind = true;
    }
    if (this.#isBehind) void this.#catchUp();
  }

  #tell(event: FleetEvent): void {
    this.#told = event.seq;
    if (this.#options.isWanted(this.caller, event)) this.stream.send("event", JSON.stringify(event), String(event.seq));
  }

  async #catchUp(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isBehind && this.stream.room > 0) await this.#readSome();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** He connects again and says how far he has come, or learns why he cannot; that is better than silence. */
  #fail(error: unknown): void {
    this.stream.send("failed", JSON.stringify({ reason: messageOf(error) }));
    this.stream.close();
  }

  async #readSome(): Promise<void> {
    const limit = Math.min(this.stream.room, MAX_BATCH);
    const news = this.#news;
    const before = this.#told ?? 0;
    const { events, next } = await this.#options.list(this.caller, { after: before, limit });
    for (const event of events) if (event.seq > (this.#told ?? 0)) this.#tell(event);
    this.#told = Math.max(this.#told ?? 0, next);
    if (this.#told === before && news === this.#news) this.#isBehind = false;
  }
}
