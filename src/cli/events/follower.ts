import type { ServerEvent } from "../../http/mod.ts";
import { type EventList, type ProcessEvent, processEvent } from "../../protocol/mod.ts";
import { type FollowOptions, keepListening } from "../follow.ts";

export interface EventFollowerOptions extends FollowOptions {
  /** What has happened so far. */
  readonly first: EventList;
  /** What has happened after an event. */
  readonly list: (after: number, signal: AbortSignal) => Promise<EventList>;
  /** The seq to go on after for whoever wants to know of no event before now. */
  readonly next: (signal: AbortSignal) => Promise<number>;
  readonly events: (after: number, signal: AbortSignal, onOpen: () => void) => AsyncIterable<ServerEvent>;
  readonly print: (event: ProcessEvent) => void;
}

/** Follows the events, over restarts of the agent: each is shown once, by its seq. */
export class EventFollower {
  readonly #options: EventFollowerOptions;
  #after = 0;

  constructor(options: EventFollowerOptions) {
    this.#options = options;
  }

  /** Never resolves; rejects when the signal aborts, or with what cannot be mended by waiting. */
  async run(): Promise<never> {
    const { first } = this.#options;
    for (const event of first.events) this.#show(event);
    this.#after = Math.max(this.#after, first.next);
    let isFirst = true;
    return await keepListening(async (onOpen) => {
      if (!isFirst) await this.#noticeNewCount();
      isFirst = false;
      await this.#listen(onOpen);
    }, this.#options);
  }

  async #listen(onOpen: () => void): Promise<void> {
    const { events, signal } = this.#options;
    for await (const { event, data } of events(this.#after, signal, onOpen)) {
      if (event === "missed") await this.#catchUp();
      if (event === "process") this.#show(processEvent().parse(JSON.parse(data)));
    }
  }

  /** The agent keeps its events longer than it waits for a slow reader. */
  async #catchUp(): Promise<void> {
    const { list, signal, note } = this.#options;
    const { events } = await list(this.#after, signal);
    if (events.length === 0) note("some events are not kept any more");
    for (const event of events) this.#show(event);
  }

  /** An agent that has lost its database counts from the beginning. */
  async #noticeNewCount(): Promise<void> {
    const next = await this.#options.next(this.#options.signal);
    if (next >= this.#after) return;
    this.#options.note("the agent has begun a new list of events");
    this.#after = 0;
  }

  #show(event: ProcessEvent): void {
    if (event.seq <= this.#after) return;
    this.#after = event.seq;
    this.#options.print(event);
  }
}
