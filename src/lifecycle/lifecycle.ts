import { AppError, type Clock, Duration, messageOf } from "../core/mod.ts";
import type { Logger } from "../log/mod.ts";
import type { Component, ComponentState, ComponentStatus } from "./component.ts";
import { checkName, startOrder } from "./graph.ts";
import { Shutdown, type ShutdownEvents, type StopReport } from "./shutdown.ts";
import { startAll, type StartEvents, type StartRun } from "./start_all.ts";
import { cancelledStart, failedStart, type Failure, isCancellation } from "./start_error.ts";
import { type RunningState, type StatusListener, StatusTable } from "./status_table.ts";
import { validateAll } from "./validate_all.ts";
import { unlessAborted } from "./waiting.ts";

export interface LifecycleOptions {
  readonly clock: Clock;
  /** Told of each start, stop, failure and change of state, once. Absent: nothing is logged. */
  readonly logger?: Logger;
  /** The time that all components together have to stop, unless a call of `stop` says otherwise. Default 30 s. */
  readonly stopTimeoutMs?: number;
}

export interface StopOptions {
  /** In a call that joins one in progress this can bring the deadline forward, never put it off. */
  readonly timeoutMs?: number;
}

/** Runs components from start to stop, once. */
export interface Lifecycle {
  /** Adds a component; only before `start`. */
  register(component: Component): void;
  /**
   * Resolves once every component has started. When one fails, or the signal aborts, everything that was started is
   * stopped, and then this rejects with an AppError that names the component and has the code of its error.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Stops everything, cancelling a start in progress. Never rejects; a second call joins the first. */
  stop(options?: StopOptions): Promise<StopReport>;
  /** A dry start: rejects with one AppError for everything that is wrong with the graph and the components. */
  validate(signal: AbortSignal): Promise<void>;
  /** Resolves once every component is ok or degraded; rejects when the start fails or a stop comes first. */
  ready(signal: AbortSignal): Promise<void>;
  /** Resolves with their statuses when each of these has stopped, has failed to, or has been given up. */
  settled(names: readonly string[], signal: AbortSignal): Promise<ComponentStatus[]>;
  /** A component's word on itself while it runs; said during its start, it counts from the end of that. */
  report(name: string, state: "ok", reason?: string): void;
  report(name: string, state: "degraded" | "failed", reason: string): void;
  /** In start order; before `start`, in order of registration. */
  status(): ComponentStatus[];
  overall(): ComponentState;
  /** Calls the listener at each change of a component's status, until the returned function is called. */
  onChange(listener: StatusListener): () => void;
}

const DEFAULT_STOP_TIMEOUT_MS = 30_000;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  return new Manager(options);
}

class Manager implements Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #components = new Map<string, Component>();
  readonly #table: StatusTable;
  /** Aborted when a start fails or is cancelled, and only then. */
  readonly #startAbort = new AbortController();
  readonly #failures: Failure[] = [];
  #starts: StartRun | undefined;
  #shutdown: { readonly run: Shutdown; readonly done: Promise<StopReport> } | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#table = new StatusTable(() => options.clock.nowMs());
  }

  register(component: Component): void {
    const { name } = component;
    checkName(name);
    if (this.#table.phase !== "idle") {
      throw new AppError("conflict", `Cannot register component "${name}": the start has begun already`);
    }
    if (this.#components.has(name)) {
      throw new AppError("conflict", `Cannot register component "${name}": there is one of that name already`);
    }
    this.#components.set(name, component);
    this.#table.set(name, "stopped", "not started");
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#table.phase !== "idle") {
      throw new AppError("conflict", "Cannot start: components are started once, and this start has begun already");
    }
    const order = startOrder(this.#components);
    this.#table.arrange(order.map((component) => component.name));
    this.#table.phase = "starting";
    const cancel = () => this.#startAbort.abort(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
    for (const { name, dependsOn = [] } of order) {
      this.#table.set(name, "starting", dependsOn.length > 0 ? `waiting for ${dependsOn.join(", ")}` : undefined);
    }
    this.#starts = startAll(order, this.#startAbort.signal, this.#startEvents());
    try {
      await unlessAborted(this.#starts.done, this.#startAbort.signal);
      this.#table.phase = "running";
    } catch {
      // Aborted. What by is known for certain once the rollback has brought every failure to light.
      await this.stop();
      throw this.#startError();
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    if (this.#shutdown !== undefined) {
      if (options.timeoutMs !== undefined) this.#shutdown.run.limit(options.timeoutMs);
      return this.#shutdown.done;
    }
    const attempts = this.#starts?.attempts ?? new Map<string, Promise<void>>();
    const order = this.status().flatMap(({ name }) => attempts.has(name) ? this.#components.get(name) ?? [] : []);
    const timeoutMs = options.timeoutMs ?? this.#options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS;
    const run = new Shutdown({ order, attempts, clock: this.#options.clock, events: this.#stopEvents() }, timeoutMs);
    const done = run.done.then((report) => {
      this.#table.phase = "stopped";
      return report;
    });
    this.#shutdown = { run, done };
    const wasStarting = this.#table.phase === "starting";
    this.#table.phase = "stopping";
    if (wasStarting) this.#startAbort.abort(new AppError("cancelled", "the components were told to stop"));
    for (const name of this.#components.keys()) {
      if (!attempts.has(name)) this.#table.end(name, "stopped", "not started");
    }
    return done;
  }

  validate(signal: AbortSignal): Promise<void> {
    return validateAll(this.#components, signal);
  }

  ready(signal: AbortSignal): Promise<void> {
    return this.#table.until(() => {
      const { phase } = this.#table;
      const startAborted = this.#startAbort.signal.aborted;
      if (phase === "stopped" && startAborted) throw this.#startError();
      if (phase === "stopped" || (phase === "stopping" && !startAborted)) {
        throw new AppError("unavailable", "Not ready: the components were told to stop");
      }
      return phase === "running" && this.status().every(({ state }) => state === "ok" || state === "degraded");
    }, signal);
  }

  async settled(names: readonly string[], signal: AbortSignal): Promise<ComponentStatus[]> {
    for (const name of names) this.#table.get(name);
    await this.#table.until(() => names.every((name) => this.#table.hasEnded(name)), signal);
    return names.map((name) => this.#table.get(name));
  }

  report(name: string, state: RunningState, reason?: string): void {
    if (!this.#table.report(name, state, reason)) return;
    const { logger } = this.#options;
    if (state === "ok") logger?.info("component recovered", { name });
    else if (state === "degraded") logger?.warn("component degraded", { name, reason });
    else logger?.error("component failed", { name, reason });
  }

  status(): ComponentStatus[] {
    return this.#table.list();
  }

  overall(): ComponentState {
    return this.#table.overall();
  }

  onChange(listener: StatusListener): () => void {
    return this.#table.onChange((status) => {
      try {
        listener(status);
      } catch (error) {
        this.#options.logger?.error("status listener failed", { name: status.name, error });
      }
    });
  }

  #startError(): AppError {
    const [first, ...others] = this.#failures;
    return first === undefined ? cancelledStart(this.#startAbort.signal.reason) : failedStart([first, ...others]);
  }

  #startEvents(): StartEvents {
    const { clock, logger } = this.#options;
    const beganMs = new Map<string, number>();
    return {
      starting: (name) => {
        beganMs.set(name, clock.monotonicMs());
        this.#table.set(name, "starting");
      },
      started: (name) => {
        this.#table.started(name);
        const durationMs = Math.round(clock.monotonicMs() - (beganMs.get(name) ?? NaN));
        logger?.info("component started", { name, durationMs });
      },
      failed: (name, error) => {
        if (isCancellation(error, this.#startAbort.signal)) return;
        this.#failures.push({ name, error });
        this.#table.set(name, "failed", messageOf(error));
        logger?.error("component failed to start", { name, error });
        this.#startAbort.abort(new AppError("cancelled", `component "${name}" failed to start`));
      },
    };
  }

  #stopEvents(): ShutdownEvents {
    const { logger } = this.#options;
    /** What failed to start shows that to the end, whatever its stop comes to. */
    const startFailure = (name: string) => this.#failures.find((failure) => failure.name === name);
    return {
      stopping: (name) => {
        if (startFailure(name) === undefined) this.#table.set(name, "stopping");
      },
      stopped: (name, durationMs) => {
        const failure = startFailure(name);
        if (failure === undefined) this.#table.end(name, "stopped");
        else this.#table.end(name, "failed", messageOf(failure.error));
        logger?.info("component stopped", { name, durationMs });
      },
      failed: (name, error) => {
        this.#table.end(name, "failed", messageOf(error));
        logger?.error("component failed to stop", { name, error });
      },
      stuck: (name, timeoutMs) => {
        this.#table.end(name, "failed", `did not stop within ${new Duration(timeoutMs)}`);
        logger?.error("component did not stop in time", { name, timeoutMs });
      },
    };
  }
}
