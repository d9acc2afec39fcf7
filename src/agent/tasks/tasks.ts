import { AppError, type Clock, Duration, messageOf, untilAborted, withinTime } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import {
  type DeliveryAnswer,
  MAX_TASK_BODY_BYTES,
  type Operation,
  type TaskDelivery,
  type TaskResult,
} from "../../protocol/mod.ts";
import { type Outcome, outcomeOf, outcomeWithout } from "./outcome.ts";
import type { TaskPorts } from "./ports.ts";
import { TaskResults } from "./task_results.ts";
import { type TaskRow, TaskStore } from "./task_store.ts";

export interface TasksOptions {
  /** Of the database, which is made when there is the first task. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: TaskPorts;
  readonly random?: () => number;
  /** Told when tasks cannot be taken, and null when they can again. */
  readonly onTrouble: (reason: string | null) => void;
}

const MAX_RUNNING = 4;
const MAX_WAITING = 256;
/** Results that the manager does not take; each is held in memory. */
const MAX_UNTOLD = 256;
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const ORIGIN = "http://tunnel";
/** How long to wait before it is tried again to write down that a task begins. */
const RETRY_MS = 5_000;

const ENDED_WITH_AGENT = "The agent ended while it ran; it is not run again";
const CANCELLED_BEFORE = "It was cancelled before it began";
const CANCELLED_WHILE = "It was cancelled while it ran; what it had changed by then stays";
const LOST_RECORDS = "The agent's record of tasks was damaged, so it may have run before; it is not run again";

/** A task that has not begun. */
interface Waiting {
  readonly delivery: TaskDelivery;
  /** On the monotonic clock. */
  readonly expiresMs: number;
}

/** A task that was begun. */
interface Running {
  readonly over: Promise<void>;
  /** Aborted when the manager wants it no more. */
  readonly cancelled: AbortController;
}

/** The component `tasks`. */
export class Tasks {
  readonly #options: TasksOptions;
  readonly #store: TaskStore;
  readonly #results: TaskResults;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, Running>();
  #leaving = new AbortController();
  #isOpen = false;
  #retry: Promise<void> | null = null;
  #trouble: string | null = null;

  constructor(options: TasksOptions) {
    const { path, clock, log, ports, random = Math.random } = options;
    this.#options = options;
    this.#store = new TaskStore({ path, clock, log });
    this.#results = new TaskResults({
      clock,
      log,
      random,
      report: (result, signal) => ports.report(result, signal),
      onTold: (result) => this.#attempt(() => this.#store.told(result)),
    });
  }

  component(dependsOn: readonly string[]): Component {
    return { name: "tasks", dependsOn, start: (signal) => this.#start(signal), stop: () => this.#stop() };
  }

  /** Takes a task, or says what has become of one that was taken before. Throws, having begun nothing, if it cannot. */
  deliver(delivery: TaskDelivery): DeliveryAnswer {
    if (!this.#isOpen) throw new AppError("unavailable", "The agent is starting or stopping", { retryable: true });
    try {
      const answer = this.#answerTo(delivery);
      this.#tell(null);
      return answer;
    } catch (error) {
      if (error instanceof AppError && error.code === "unavailable") this.#tell(error.message);
      throw error;
    }
  }

  /**
   * Leaves a task that has not begun, and ends one that runs; answers once it is over, as `deliver` would. What a task has
   * changed by then stays.
   */
  async cancel(id: string): Promise<DeliveryAnswer> {
    if (!this.#isOpen) throw new AppError("unavailable", "The agent is starting or stopping", { retryable: true });
    const at = this.#waiting.findIndex(({ delivery }) => delivery.id === id);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      return { id, state: "ended", result: this.#finish(id, outcomeWithout("cancelled", CANCELLED_BEFORE), null) };
    }
    const running = this.#running.get(id);
    running?.cancelled.abort(new AppError("cancelled", CANCELLED_WHILE));
    await running?.over;
    const untold = this.#results.get(id);
    if (untold !== undefined) return { id, state: "ended", result: untold };
    const known = this.#store.exists ? this.#store.get(id) : null;
    if (known === null) throw new AppError("not_found", `This host has no task ${id}`);
    return this.#knownAnswer(known);
  }

  /** The manager can be told now what it could not be told. */
  linked(): void {
    this.#results.linked();
  }

  /** How many wait or run, and how many results the manager does not have. */
  counts(): { readonly waiting: number; readonly running: number; readonly untold: number } {
    return { waiting: this.#waiting.length, running: this.#running.size, untold: this.#results.size };
  }

  #answerTo(delivery: TaskDelivery): DeliveryAnswer {
    const { id } = delivery;
    const untold = this.#results.get(id);
    if (untold !== undefined) return { id, state: "ended", result: untold };
    if (this.#running.has(id)) return { id, state: "running" };
    const known = this.#store.get(id);
    if (known !== null) return this.#knownAnswer(known);
    checkOperation(delivery.operation);
    if (this.#waiting.length >= MAX_WAITING || this.#results.size >= MAX_UNTOLD) {
      const message =
        `${this.#waiting.length} tasks wait, and ${this.#results.size} results to be told; deliver it later`;
      throw new AppError("rate_limited", `Cannot take the task: ${message}`, { retryable: true });
    }
    const nowMs = this.#options.clock.nowMs();
    if (delivery.again === true && this.#store.hasLost(nowMs)) return this.#refuseLost(delivery, nowMs);
    this.#store.add(delivery, nowMs);
    this.#enqueue(delivery, delivery.expiresInMs);
    return { id, state: this.#running.has(id) ? "running" : "accepted" };
  }

  #knownAnswer({ delivery: { id }, state, result }: TaskRow): DeliveryAnswer {
    if (state === "ended" || state === "told") return { id, state: "ended", ...(result !== null && { result }) };
    return { id, state: "accepted" };
  }

  #refuseLost(delivery: TaskDelivery, nowMs: number): DeliveryAnswer {
    this.#store.add(delivery, nowMs);
    const result = this.#finish(delivery.id, outcomeWithout("failed", LOST_RECORDS), null);
    return { id: delivery.id, state: "ended", result };
  }

  #start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#leaving = new AbortController();
      this.#isOpen = true;
      this.#results.open();
      if (this.#store.exists) this.#attempt(() => this.#goOn());
    });
  }

  /** What an earlier agent has left: what it had begun is not begun again. */
  #goOn(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { delivery, state, deliveredMs, startedMs, result } of this.#store.open()) {
      if (result !== null) this.#results.add(result);
      else if (state === "accepted") this.#enqueue(delivery, delivery.expiresInMs - Math.max(0, nowMs - deliveredMs));
      else this.#finish(delivery.id, outcomeWithout("failed", ENDED_WITH_AGENT), startedMs);
    }
  }

  async #stop(): Promise<void> {
    this.#isOpen = false;
    this.#leaving.abort(new AppError("cancelled", "The agent stops"));
    await Promise.all([...this.#running.values()].map(({ over }) => over));
    await this.#retry;
    this.#retry = null;
    this.#waiting.length = 0;
    await this.#results.close();
    this.#store.close();
  }

  #enqueue(delivery: TaskDelivery, restMs: number): void {
    this.#waiting.push({ delivery, expiresMs: this.#options.clock.monotonicMs() + restMs });
    this.#beginNext();
  }

  #beginNext(): void {
    while (this.#isOpen && this.#retry === null && this.#running.size < MAX_RUNNING) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      if (!this.#attempt(() => this.#begin(next))) return this.#tryAgainLater();
      this.#waiting.shift();
    }
  }

  /** Either it is over because its time is, or it is on record that it runs. */
  #begin({ delivery, expiresMs }: Waiting): void {
    const { clock, log } = this.#options;
    const { id, operation: { method, path } } = delivery;
    if (clock.monotonicMs() >= expiresMs) {
      this.#finish(id, outcomeWithout("expired", "It had not begun when its time was over"), null);
      return;
    }
    const startedMs = clock.nowMs();
    this.#store.begin(id, startedMs);
    log.info("task begins", { task: id, method, path });
    const cancelled = new AbortController();
    const over = this.#run(delivery, startedMs, cancelled.signal).finally(() => {
      this.#running.delete(id);
      this.#beginNext();
    });
    this.#running.set(id, { over, cancelled });
  }

  /** Never rejects. */
  async #run({ id, operation, timeoutMs }: TaskDelivery, startedMs: number, cancelled: AbortSignal): Promise<void> {
    const outcome = await this.#outcome(operation, Math.max(1, Math.min(MAX_TIMEOUT_MS, timeoutMs)), cancelled);
    this.#options.log.info("task ended", { task: id, outcome: outcome.outcome, reason: outcome.message });
    this.#finish(id, outcome, startedMs);
  }

  async #outcome(operation: Operation, timeoutMs: number, cancelled: AbortSignal): Promise<Outcome> {
    const { clock, ports } = this.#options;
    const leaving = this.#leaving.signal;
    const signal = AbortSignal.any([leaving, cancelled]);
    try {
      const ended = await withinTime(clock, timeoutMs, signal, async (limit) => {
        const calling = ports.call(requestOf(operation, limit));
        // Not everything that is asked for heeds its caller's leaving.
        const response = await untilAborted(calling, limit, (late) => void late.body?.cancel());
        return await outcomeOf(response, limit);
      });
      if (ended.late !== true) return ended.value;
      return outcomeWithout("failed", `It was not done within ${new Duration(timeoutMs)}; what it has begun may go on`);
    } catch (error) {
      if (leaving.aborted) return outcomeWithout("failed", ENDED_WITH_AGENT);
      return cancelled.aborted
        ? outcomeWithout("cancelled", CANCELLED_WHILE)
        : outcomeWithout("failed", messageOf(error));
    }
  }

  /** The manager is told even of what cannot be written down. */
  #finish(id: string, outcome: Outcome, startedMs: number | null): TaskResult {
    const endedMs = Math.round(this.#options.clock.nowMs());
    const result = { id, ...outcome, ...(startedMs !== null && { startedMs: Math.round(startedMs) }), endedMs };
    this.#attempt(() => this.#store.end(result));
    this.#results.add(result);
    return result;
  }

  #attempt(act: () => void): boolean {
    try {
      act();
      this.#tell(null);
      return true;
    } catch (error) {
      this.#tell(messageOf(error));
      return false;
    }
  }

  #tell(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === null) this.#options.log.info("tasks can be written down again");
    else this.#options.log.warn("a task could not be written down", { reason: trouble });
    this.#options.onTrouble(trouble);
  }

  #tryAgainLater(): void {
    const { clock } = this.#options;
    this.#retry ??= clock.sleep(RETRY_MS, this.#leaving.signal).then(() => {
      this.#retry = null;
      this.#beginNext();
    }, () => {
      // The agent stops; the next one goes on with what had not begun.
    });
  }
}

function checkOperation({ body }: Operation): void {
  if (body === undefined || new TextEncoder().encode(JSON.stringify(body)).length <= MAX_TASK_BODY_BYTES) return;
  throw new AppError("too_large", `The body of a task may hold ${MAX_TASK_BODY_BYTES} bytes at most`);
}

function requestOf({ method, path, body }: Operation, signal: AbortSignal): Request {
  const hasBody = body !== undefined && method !== "GET";
  return new Request(ORIGIN + path, {
    method,
    signal,
    ...(hasBody && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}
