import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger } from "../../../log/mod.ts";

/** What is listened on. */
export interface Listening<C> {
  accept(): Promise<C>;
  close(): void;
}

export interface AcceptorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What is accepted, for the log: "connection for heartbeats". */
  readonly what: string;
}

/** When the agent has no descriptor left, trying again at once would only take the time that others need to free some. */
const PAUSE_MS = 1_000;

/** Accepts until it is closed. What is accepted is the handler's to close. */
export class Acceptor<C> {
  readonly #listener: Listening<C>;
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;

  constructor(listener: Listening<C>, onConnection: (connection: C) => void, options: AcceptorOptions) {
    this.#listener = listener;
    this.#loop = this.#run(onConnection, options);
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#listener.close();
    }
    await this.#loop;
  }

  async #run(onConnection: (connection: C) => void, { clock, log, what }: AcceptorOptions): Promise<void> {
    const { signal } = this.#closing;
    const trouble = createStateLog(log, clock, `accepting a ${what}`);
    while (!signal.aborted) {
      let connection: C;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        if (signal.aborted) return;
        trouble.failed(messageOf(error));
        await clock.sleep(PAUSE_MS, signal).catch(() => {
          // It is closed meanwhile, which ends the loop.
        });
        continue;
      }
      trouble.recovered();
      onConnection(connection);
    }
  }
}
