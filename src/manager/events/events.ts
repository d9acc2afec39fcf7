import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import { createStateLog, type Logger } from "../../log/mod.ts";
import type { FleetEvent, NewFleetEvent } from "../../protocol/mod.ts";
import { GroupWriter } from "./group_writer.ts";
import type { EventsPorts, StoredEventQuery } from "./ports.ts";

export interface EventsOptions {
  readonly ports: EventsPorts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
}

export interface EventListQuery extends StoredEventQuery {
  /** Says whether the asker may see what concerns this host; all when absent. What concerns no host is for everybody. */
  readonly mayShow?: (hostId: string) => boolean;
}

export interface EventsPage {
  readonly events: readonly FleetEvent[];
  /** The seq to go on after; what is hidden from the asker is passed over by it too. */
  readonly next: number;
  /** The seq to go on before, for older ones; null where there are none, and where it was asked for those after one. */
  readonly previous: number | null;
}

export interface EventsReport {
  readonly waiting: number;
  readonly published: number;
  readonly listeners: number;
}

const DEFAULT_MAX_COUNT = 200_000;
const DEFAULT_MAX_AGE_MS = 30 * 24 * 3_600_000;
const TRIM_EVERY_MS = 600_000;
const MAX_WAITING = 20_000;
const MAX_LISTENERS = 10_000;
/** Events that are looked through for those that the asker may see. */
const MAX_SCANNED = 10_000;

export class Events {
  readonly #options: EventsOptions;
  readonly #writer: GroupWriter<NewFleetEvent>;
  readonly #listeners = new Set<(event: FleetEvent) => void>();
  #published = 0;
  #stopped: AbortController | null = null;
  #trimming: Promise<void> = Promise.resolve();
  /** A second stop joins the first. */
  #stopping: Promise<void> | null = null;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#writer = new GroupWriter((events) => this.#write(events), MAX_WAITING);
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "events",
      dependsOn,
      start: (signal) =>
        Promise.try(() => {
          signal.throwIfAborted();
          this.#stopped = new AbortController();
          this.#trimming = this.#keepTrimmed(this.#stopped.signal);
        }),
      stop: () => this.#stopping ??= this.#end().finally(() => this.#stopping = null),
    };
  }

  /** Resolves when they are safe. Rejects with `unavailable` when the database is behind: keep them and try again. */
  publish(events: readonly NewFleetEvent[]): Promise<void> {
    return this.#writer.add(events);
  }

  async list({ mayShow, ...query }: EventListQuery): Promise<EventsPage> {
    const limit = mayShow === undefined ? query.limit : MAX_SCANNED;
    const found = await this.#options.ports.store.list({ ...query, limit });
    const visible = found.filter(({ hostId }) => mayShow === undefined || hostId === undefined || mayShow(hostId));
    const isForward = query.after !== undefined;
    const events = isForward ? visible.slice(0, query.limit) : visible.slice(-query.limit);
    const isCut = events.length < visible.length;
    const next = (isForward && isCut ? events : found).at(-1)?.seq ?? query.after ?? 0;
    const oldest = isForward ? undefined : isCut ? events[0] : found.length >= limit ? found[0] : undefined;
    return { events: events.map((event) => this.#named(event)), next, previous: oldest?.seq ?? null };
  }

  /** Told of each event once it is safe, in the order of their seq. A listener must not wait. */
  onEvent(listener: (event: FleetEvent) => void): () => void {
    if (this.#listeners.size >= MAX_LISTENERS) {
      throw new AppError("rate_limited", `There are ${MAX_LISTENERS} listeners to events already; close one first`);
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  report(): EventsReport {
    return { waiting: this.#writer.waiting, published: this.#published, listeners: this.#listeners.size };
  }

  async #end(): Promise<void> {
    this.#stopped?.abort();
    await this.#trimming;
    await this.#writer.idle();
  }

  async #write(events: readonly NewFleetEvent[]): Promise<void> {
    const added = await this.#options.ports.store.add(events);
    this.#published += added.length;
    for (const event of added) this.#tell(this.#named(event));
  }

  #tell(event: FleetEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#options.log.error("a listener to events failed", { reason: messageOf(error) });
      }
    }
  }

  /** With the name that the host has now; one that is gone keeps the name that it had. */
  #named(event: FleetEvent): FleetEvent {
    const host = event.hostId === undefined ? null : this.#options.ports.hostName(event.hostId);
    return host === null || host === event.host ? event : { ...event, host };
  }

  async #keepTrimmed(signal: AbortSignal): Promise<void> {
    const { clock, log, ports, maxCount = DEFAULT_MAX_COUNT, maxAgeMs = DEFAULT_MAX_AGE_MS } = this.#options;
    const trouble = createStateLog(log, clock, "forgetting old events");
    while (!signal.aborted) {
      try {
        await ports.store.trim({ maxCount, beforeMs: clock.nowMs() - maxAgeMs });
        trouble.recovered();
      } catch (error) {
        trouble.failed(messageOf(error));
      }
      await clock.sleep(TRIM_EVERY_MS, signal).catch(() => {
        // The part stops.
      });
    }
  }
}
