import type { Clock } from "../../../core/mod.ts";
import { HttpConnection, type HttpConnectionOptions, type Wire } from "./http_connection.ts";

/** Enough for as many programs as a host can have; each costs a descriptor and 1 KiB. */
export const MAX_CONNECTIONS = 1_024;
const SWEEP_MS = 5_000;

/** All connections for heartbeats: so many at most, and none that waits for ever. */
export class HttpConnections {
  readonly #clock: Clock;
  readonly #options: HttpConnectionOptions;
  readonly #open = new Map<HttpConnection, Promise<void>>();
  #sweeping: AbortController | null = null;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  get size(): number {
    return this.#open.size;
  }

  add(wire: Wire): void {
    if (this.#open.size >= MAX_CONNECTIONS) this.#makeRoom();
    const connection = new HttpConnection(wire, this.#options);
    this.#open.set(connection, connection.serve().finally(() => this.#forget(connection)));
    if (this.#sweeping === null) void this.#sweep(this.#sweeping = new AbortController());
  }

  async close(): Promise<void> {
    const served = [...this.#open.values()];
    for (const connection of this.#open.keys()) connection.close();
    await Promise.all(served);
  }

  #forget(connection: HttpConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    this.#sweeping?.abort();
    this.#sweeping = null;
  }

  /** Closes the one that has been idle for longest, or else the oldest: whoever is well connects again. */
  #makeRoom(): void {
    let chosen: HttpConnection | undefined;
    let sinceMs = Infinity;
    for (const connection of this.#open.keys()) {
      chosen ??= connection;
      const idle = connection.idleSinceMs;
      if (idle !== null && idle < sinceMs) [chosen, sinceMs] = [connection, idle];
    }
    if (chosen === undefined) return;
    chosen.close();
    this.#open.delete(chosen); // its loop ends by itself
  }

  async #sweep(stop: AbortController): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await this.#clock.sleep(SWEEP_MS, stop.signal);
      } catch {
        return; // there are no connections any more
      }
      const nowMs = this.#clock.monotonicMs();
      for (const connection of this.#open.keys()) if (connection.isOverdue(nowMs)) connection.close();
    }
  }
}
