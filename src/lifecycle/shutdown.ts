import { AppError, type Clock, Duration } from "../core/mod.ts";
import type { Component } from "./component.ts";
import type { Failure } from "./start_error.ts";
import { inTime } from "./waiting.ts";

/** How a stop went: names in the order in which the components ended. */
export interface StopReport {
  readonly stopped: readonly string[];
  /** Those that would not stop in time. */
  readonly stuck: readonly string[];
  /** Those whose `stop` threw. */
  readonly failed: readonly Failure[];
  readonly durationMs: number;
}

export interface ShutdownEvents {
  stopping(name: string): void;
  stopped(name: string, durationMs: number): void;
  failed(name: string, error: unknown): void;
  /** It would not stop within the deadline; nobody waits for it any longer. */
  stuck(name: string, timeoutMs: number): void;
}

export interface ShutdownPlan {
  /** What is to be stopped, each component after its dependencies. */
  readonly order: readonly Component[];
  /** The calls of `start`, by name; they do not reject and may be in progress still. */
  readonly attempts: ReadonlyMap<string, Promise<unknown>>;
  readonly clock: Clock;
  readonly events: ShutdownEvents;
}

/** Stops components in reverse order under one deadline. */
export class Shutdown {
  /** Resolves with the report; never rejects. */
  readonly done: Promise<StopReport>;
  readonly #plan: ShutdownPlan;
  readonly #deadline = new AbortController();
  readonly #over = new AbortController();
  readonly #stopped: string[] = [];
  readonly #stuck: string[] = [];
  readonly #failed: Failure[] = [];
  readonly #startedMs: number;
  /** The time that was allowed, once it has passed. */
  #limitMs = 0;

  constructor(plan: ShutdownPlan, timeoutMs: number) {
    this.#plan = plan;
    this.#startedMs = plan.clock.monotonicMs();
    this.limit(timeoutMs);
    this.done = this.#run();
  }

  /** Ends it this long from now, or earlier where that was decided before. */
  limit(timeoutMs: number): void {
    const expire = () => {
      if (this.#deadline.signal.aborted) return;
      this.#limitMs = Math.max(0, timeoutMs);
      const message = `Not stopped within ${new Duration(this.#limitMs)}`;
      this.#deadline.abort(new AppError("timeout", message, { details: { timeoutMs } }));
    };
    this.#plan.clock.sleep(timeoutMs, this.#over.signal).then(expire, () => {
      // Everything had ended before the deadline.
    });
  }

  async #run(): Promise<StopReport> {
    const { order } = this.#plan;
    const ends = new Map<string, Promise<void>>();
    for (const component of order.toReversed()) {
      const dependents = order.filter((other) => other.dependsOn?.includes(component.name));
      const before = dependents.map((dependent) => ends.get(dependent.name));
      ends.set(component.name, Promise.all(before).then(() => this.#stopOne(component)));
    }
    await Promise.all(ends.values());
    this.#over.abort();
    return { stopped: this.#stopped, stuck: this.#stuck, failed: this.#failed, durationMs: this.#elapsedMs() };
  }

  async #stopOne(component: Component): Promise<void> {
    const { attempts, clock, events } = this.#plan;
    const { name } = component;
    const deadline = this.#deadline.signal;
    const started = Promise.resolve(attempts.get(name));
    const beganMs = this.#elapsedMs();
    events.stopping(name);
    try {
      // A start that does not heed its signal is stopped all the same in the end: that may be what it waits for.
      await inTime(started, deadline, clock);
      const stopped = Promise.try(() => component.stop(deadline));
      if (await inTime(Promise.all([stopped, started]), deadline, clock)) {
        this.#stopped.push(name);
        events.stopped(name, this.#elapsedMs() - beganMs);
      } else {
        this.#stuck.push(name);
        events.stuck(name, this.#limitMs);
      }
    } catch (error) {
      this.#failed.push({ name, error });
      events.failed(name, error);
    }
  }

  #elapsedMs(): number {
    return Math.round(this.#plan.clock.monotonicMs() - this.#startedMs);
  }
}
