import { type EventStream, openEventStream } from "../../../http/mod.ts";
import type { MissedEvents, ProcessEvent } from "../../../protocol/mod.ts";
import type { SupervisorStore } from "../store/store.ts";

export type EventSource = Pick<SupervisorStore, "events" | "lastSeq" | "completeFrom">;

export interface ListenRequest {
  /** Begin with what came after this seq; with what comes from now on if absent. */
  readonly after?: number;
  readonly process?: string;
}

const MAX_WAITING = 64;

/**
 * One who listens to the events. As long as there is room they are sent as they happen; a listener who is behind is
 * sent the rest from the store as it reads, so a slow one costs no memory and misses only what the store has forgotten.
 */
export class EventListener {
  readonly #source: EventSource;
  readonly #stream: EventStream;
  readonly #process: string | undefined;
  /** What comes after this is still to be sent. */
  #cursor: number;
  #isBehind: boolean;
  /** The listener knows that what it has not got up to here is gone. */
  #missedSeq = 0;

  constructor(source: EventSource, { after, process }: ListenRequest) {
    this.#source = source;
    this.#process = process;
    this.#stream = openEventStream({ maxWaiting: MAX_WAITING, onRoom: () => this.#catchUp() });
    this.#isBehind = after !== undefined;
    this.#cursor = after ?? source.lastSeq();
    // Who asks for all that there is does not miss what was before.
    if (after === 0) this.#missedSeq = source.completeFrom() - 1;
    if (this.#cursor > source.lastSeq()) {
      this.#cursor = 0;
      this.#tellMissed(0);
    }
  }

  get response(): Response {
    return this.#stream.response;
  }

  get gone(): AbortSignal {
    return this.#stream.gone;
  }

  /** Must be told each event, in their order. */
  tell(event: ProcessEvent): void {
    if (this.#isBehind) return;
    const isForIt = this.#process === undefined || this.#process === event.process;
    if (isForIt && !this.#send(event)) this.#isBehind = true;
    else this.#cursor = event.seq;
  }

  keepAlive(): void {
    this.#stream.send("", "keep-alive");
  }

  close(): void {
    this.#stream.close();
  }

  /** Waits for more room than for one event: each look into the store then brings many. */
  #catchUp(): void {
    while (this.#isBehind && this.#stream.room >= MAX_WAITING / 2) {
      const lostSeq = this.#source.completeFrom() - 1;
      if (lostSeq > this.#cursor && lostSeq > this.#missedSeq) this.#tellMissed(lostSeq);
      const limit = this.#stream.room;
      const ofProcess = this.#process === undefined ? {} : { process: this.#process };
      const events = this.#source.events({ after: this.#cursor, limit, take: "earliest", ...ofProcess });
      for (const event of events) {
        this.#send(event);
        this.#cursor = event.seq;
      }
      if (events.length < limit) {
        this.#isBehind = false;
        this.#cursor = this.#source.lastSeq();
      }
    }
  }

  #tellMissed(seq: number): void {
    this.#missedSeq = Math.max(this.#missedSeq, this.#source.completeFrom() - 1);
    this.#stream.send("missed", JSON.stringify({ seq } satisfies MissedEvents));
  }

  #send(event: ProcessEvent): boolean {
    return this.#stream.send("process", JSON.stringify(event), String(event.seq));
  }
}
