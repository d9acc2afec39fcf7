import { AppError, type Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { EventList, NewProcessEvent, ProcessEvent } from "../../../protocol/mod.ts";
import type { EventQuery, SupervisorStore } from "../store/store.ts";
import { EventListener, type EventSource, type ListenRequest } from "./event_listener.ts";

export interface EventLogOptions {
  readonly store: EventSource & Pick<SupervisorStore, "addEvent">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An event whose time is now unless it says another. */
export type EventToAdd = Omit<NewProcessEvent, "timeMs"> & { readonly timeMs?: number };

const MAX_LISTENERS = 64;
/** Proxies cut connections that are silent for longer; and a listener that has vanished is noticed by it. */
const KEEP_ALIVE_MS = 15_000;

/** What happens to the processes, remembered by the store and told to those who want to know at once. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #listeners = new Set<EventListener>();
  readonly #subscribers = new Set<(event: ProcessEvent) => void>();
  readonly #untold: ProcessEvent[] = [];
  #isTelling = false;
  #keepingAlive: AbortController | null = null;

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  nowMs(): number {
    return this.#options.clock.nowMs();
  }

  add(event: EventToAdd): ProcessEvent {
    const added = this.#options.store.addEvent({ ...event, timeMs: event.timeMs ?? this.nowMs() });
    this.#untold.push(added);
    this.#tellAll();
    return added;
  }

  list(query: EventQuery): EventList {
    const { store } = this.#options;
    const next = store.lastSeq();
    // Who has counted further than we have knows a list of events that is lost; all of this one is new to them.
    const after = (query.after ?? 0) > next ? 0 : query.after ?? 0;
    return { events: store.events({ ...query, after }), next };
  }

  /** Calls back at each event from now on; the result ends it. */
  subscribe(listener: (event: ProcessEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => void this.#subscribers.delete(listener);
  }

  /** Sends the events as server-sent events until the signal aborts, the listener goes or `close` is called. */
  stream(request: ListenRequest, signal: AbortSignal): Response {
    if (this.#listeners.size >= MAX_LISTENERS) {
      throw new AppError("rate_limited", `${MAX_LISTENERS} listeners are served already; close one of them`, {
        retryable: true,
      });
    }
    const listener = new EventListener(this.#options.store, request);
    this.#listeners.add(listener);
    listener.gone.addEventListener("abort", () => this.#remove(listener), { once: true });
    if (signal.aborted) listener.close();
    else signal.addEventListener("abort", () => listener.close(), { once: true, signal: listener.gone });
    if (this.#keepingAlive === null && this.#listeners.size > 0) void this.#keepAlive();
    return listener.response;
  }

  /** Ends all streams. */
  close(): void {
    for (const listener of [...this.#listeners]) listener.close();
  }

  #remove(listener: EventListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#keepingAlive?.abort();
    this.#keepingAlive = null;
  }

  /** Who adds an event while being told of one does not change the order in which the others are told. */
  #tellAll(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift()) {
      for (const listener of this.#listeners) listener.tell(event);
      for (const subscriber of [...this.#subscribers]) this.#tell(subscriber, event);
    }
    this.#isTelling = false;
  }

  #tell(subscriber: (event: ProcessEvent) => void, event: ProcessEvent): void {
    try {
      subscriber(event);
    } catch (error) {
      // What goes wrong with one who is told must not disturb the process that it is told of.
      this.#options.log.error("who was told of an event has failed", { error });
    }
  }

  async #keepAlive(): Promise<void> {
    const ended = new AbortController();
    this.#keepingAlive = ended;
    while (!ended.signal.aborted) {
      await this.#options.clock.sleep(KEEP_ALIVE_MS, ended.signal).catch(() => {}); // all have gone, which ends the loop
      if (!ended.signal.aborted) { for (const listener of this.#listeners) listener.keepAlive(); }
    }
  }
}
