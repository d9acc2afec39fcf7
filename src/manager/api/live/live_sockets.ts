import { AppError, type Clock } from "../../../core/mod.ts";
import {
  type Caller,
  type FleetEvent,
  type HostView,
  LIVE_CLOSE_CODES,
  type LiveRequest,
  liveRequest,
  type Task,
} from "../../../protocol/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { HostAccess } from "../guard/host_access.ts";
import type { LastingAccess } from "../guard/lasting_access.ts";
import type { ApiPorts } from "../ports.ts";
import { LiveSocket, type SocketLike } from "./live_socket.ts";
import { Recent } from "./recent.ts";

export interface LiveSocketsOptions {
  readonly ports: Pick<ApiPorts, "hub" | "events" | "tasks">;
  readonly hosts: HostAccess;
  readonly lasting: LastingAccess;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when no more are taken. */
  readonly stopped: AbortSignal;
}

const TICK_MS = 250;
const MAX_RECENT = 1_000;
/** How long they have to answer when the manager stops. */
const LEAVING_MS = 500;

/** All live connections. One timer serves them; while there are none, nothing is listened to and there is no timer. */
export class LiveSockets {
  readonly #options: LiveSocketsOptions;
  /** Each with what is done when it has ended. */
  readonly #all = new Map<LiveSocket, () => void>();
  #whenEmpty = Promise.withResolvers<void>();
  readonly #events = new Recent<FleetEvent>(MAX_RECENT);
  readonly #tasks = new Recent<Task>(MAX_RECENT);
  /** What hosts look like as JSON, for this tick. */
  readonly #texts = new Map<HostView, string>();
  readonly #request = liveRequest();
  #running: AbortController | null = null;

  constructor(options: LiveSocketsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Throws while the manager stops. */
  admit(): void {
    if (!this.#options.stopped.aborted) return;
    throw new AppError("unavailable", "The manager stops; connect again", { retryable: true });
  }

  /** Closes all of them, and drops those that do not answer to that. */
  async stop(): Promise<void> {
    for (const live of this.#all.keys()) live.close(LIVE_CLOSE_CODES.normal, "the manager stops");
    if (this.#all.size === 0) return;
    const waiting = new AbortController();
    const late = this.#options.clock.sleep(LEAVING_MS, waiting.signal).catch(() => {}); // all have gone before
    await Promise.race([this.#whenEmpty.promise, late]);
    waiting.abort();
    for (const [live, ended] of this.#all) {
      live.drop();
      ended();
    }
  }

  /** To be told what comes in; and that it has ended, once or more often. */
  add(socket: SocketLike, caller: Caller): { received(data: unknown): void; ended(): void } {
    const { hosts, clock, lasting, ports: { hub } } = this.#options;
    const live = new LiveSocket(socket, caller, {
      hosts,
      clock,
      events: this.#events,
      tasks: this.#tasks,
      views: () => hub.views(),
      view: (id) => hub.view(id),
      textOf: (host) => this.#textOf(host),
      requestOf: (message) => this.#requestOf(message),
    });
    if (this.#running === null) this.#begin(this.#running = new AbortController());
    const forget = lasting.add({
      get caller() {
        return live.caller;
      },
      renewed: (now) => live.renewed(now),
    });
    const ended = () => {
      this.#all.delete(live);
      forget();
      if (this.#all.size > 0) return;
      this.#running?.abort();
      this.#running = null;
      this.#whenEmpty.resolve();
      this.#whenEmpty = Promise.withResolvers();
    };
    this.#all.set(live, ended);
    return { received: (data) => live.received(data), ended };
  }

  #begin({ signal }: AbortController): void {
    const { hub, events, tasks } = this.#options.ports;
    const untell = [
      hub.onChange((changed, removed) => {
        for (const live of this.#all.keys()) live.hostsChanged(changed, removed);
      }),
      events.onEvent((event) => this.#events.put(String(event.seq), event)),
      tasks.onChange((changed) => changed.forEach((task) => this.#tasks.put(task.id, brief(task)))),
    ];
    signal.addEventListener("abort", () => {
      untell.forEach((each) => each());
      this.#events.clear();
      this.#tasks.clear();
    }, { once: true });
    void this.#go(signal);
  }

  async #go(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#options.clock.sleep(TICK_MS, signal);
      } catch {
        return; // the last one has left
      }
      for (const live of this.#all.keys()) this.#tick(live);
      this.#texts.clear();
    }
  }

  #tick(live: LiveSocket): void {
    try {
      live.tick();
    } catch (error) {
      this.#options.log.error("a live connection failed", { actor: live.caller.actor, error });
      live.close(LIVE_CLOSE_CODES.normal, "something failed; connect again");
    }
  }

  #requestOf(message: string): LiveRequest | null {
    try {
      const { data, success } = this.#request.safeParse(JSON.parse(message));
      return success ? data : null;
    } catch {
      return null; // it is no JSON
    }
  }

  #textOf(host: HostView): string {
    let text = this.#texts.get(host);
    if (text === undefined) this.#texts.set(host, text = JSON.stringify(host));
    return text;
  }
}

/** What a task has printed may be long; who wants to see it asks for the task. */
function brief(task: Task): Task {
  const { result } = task;
  return result === undefined || result.output === ""
    ? task
    : { ...task, result: { ...result, output: "", truncated: true } };
}
