/** Somebody who looks at the fleet while it works: a page of the hosts each second, and a live connection to all. */
import { setInterval } from "node:timers";
import { createDirectClient } from "../src/http/mod.ts";
import { LIVE_PATH } from "../src/protocol/mod.ts";
import { Histogram } from "./fleet_histogram.ts";
import type { ManagerControl } from "./fleet_manager.ts";

export interface ApiReport {
  readonly pages: Histogram;
  readonly pongs: Histogram;
  readonly liveMessages: number;
  readonly liveBytes: number;
  /** Why something was not answered, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

const TURN_MS = 1_000;

export class ApiWatcher {
  readonly #control: ManagerControl;
  readonly #pages = new Histogram();
  readonly #pongs = new Histogram();
  readonly #failures = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #client: Deno.HttpClient;
  readonly #socket: WebSocket;
  #askedMs: number | null = null;
  #messages = 0;
  #bytes = 0;

  constructor(control: ManagerControl) {
    this.#control = control;
    this.#client = createDirectClient({ proxy: { transport: "unix", path: control.socket } });
    this.#socket = this.#live();
    this.#timer = setInterval(() => this.#look(), TURN_MS);
    this.#timer.unref();
  }

  stop(): ApiReport {
    clearInterval(this.#timer);
    this.#socket.onclose = this.#socket.onerror = null;
    this.#socket.close();
    this.#client.close();
    return {
      ...{ pages: this.#pages, pongs: this.#pongs, failures: this.#failures },
      ...{ liveMessages: this.#messages, liveBytes: this.#bytes },
    };
  }

  #live(): WebSocket {
    const socket = new WebSocket(`ws://127.0.0.1${LIVE_PATH}`, { client: this.#client });
    socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", hosts: "all", events: true, tasks: true }));
    socket.onmessage = ({ data }) => {
      this.#messages++;
      this.#bytes += String(data).length;
      if (this.#askedMs === null || !String(data).startsWith('{"type":"pong"')) return;
      this.#pongs.add(performance.now() - this.#askedMs);
      this.#askedMs = null;
    };
    socket.onerror = (event) => this.#failed(`live: ${event instanceof ErrorEvent ? event.message : "failed"}`);
    socket.onclose = ({ code, reason }) => this.#failed(`live: closed with ${code} ${reason}`);
    return socket;
  }

  #look(): void {
    void this.#askPage();
    if (this.#socket.readyState !== WebSocket.OPEN || this.#askedMs !== null) return;
    this.#askedMs = performance.now();
    this.#socket.send(JSON.stringify({ type: "ping" }));
  }

  async #askPage(): Promise<void> {
    const beganMs = performance.now();
    try {
      await this.#control.hostsPage();
      this.#pages.add(performance.now() - beganMs);
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  #failed(reason: string): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }
}
