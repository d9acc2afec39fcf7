import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import { createStateLog, type Logger } from "../../log/mod.ts";
import {
  type Batch,
  type Caller,
  ENDED_TASK_STATES,
  type MadeTasks,
  type NewTasks,
  type Task,
  TASK_STATES,
  type TaskResult,
} from "../../protocol/mod.ts";
import { ChangeTeller } from "./change_teller.ts";
import { Dispatcher } from "./dispatcher.ts";
import { changeBy } from "./life.ts";
import { checkOperation, chosenHosts, makeTasks, timesOf } from "./new_tasks.ts";
import type { BatchRecord, NewTaskHost, TaskPage, TaskRecord, TasksPorts, TasksQuery } from "./ports.ts";

export interface TasksOptions {
  readonly ports: TasksPorts;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long ended tasks are kept. */
  readonly keepMs?: number;
  readonly newId?: () => string;
}

export interface TasksReport {
  readonly queued: number;
  readonly sent: number;
  readonly running: number;
  /** That wait for an answer of a host right now. */
  readonly deliveries: number;
}

const DEFAULT_KEEP_MS = 30 * 24 * 3_600_000;
const SWEEP_EVERY_MS = 1_000;
const TRIM_EVERY_MS = 3_600_000;
/** Tasks that have not ended; more than that nobody looks through. */
const MAX_OPEN = 100_000;
/** Tasks that are looked through for those that the asker may see. */
const SCAN_PAGE = 1_000;
const MAX_SCANNED = 20_000;

/** What the manager owes its hosts. */
export class Tasks {
  readonly #options: TasksOptions;
  readonly #ports: TasksPorts;
  readonly #dispatcher: Dispatcher;
  readonly #teller: ChangeTeller;
  #stopped = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();
  /** A second stop joins the first. */
  #stopping: Promise<void> | null = null;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#ports = options.ports;
    this.#teller = new ChangeTeller(options.clock, options.log, (record) => this.#viewOf(record));
    this.#dispatcher = new Dispatcher({
      ports: options.ports,
      clock: options.clock,
      log: options.log,
      onChange: (record) => this.#teller.changed(record, this.#stopped.signal),
    });
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "tasks",
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        this.#stopped = new AbortController();
        this.#dispatcher.begin(this.#stopped.signal);
        await this.#goOn();
        signal.throwIfAborted();
        this.#sweeping = this.#keepSweeping(this.#stopped.signal);
      },
      stop: () => this.#stopping ??= this.#end().finally(() => this.#stopping = null),
    };
  }

  /**
   * Makes tasks for those of the allowed hosts that are meant. Whether the caller may do such a thing there is for the
   * asker to see to; `allowed` are the hosts where he may.
   */
  async create(request: NewTasks, caller: Caller, allowed: readonly NewTaskHost[]): Promise<MadeTasks> {
    checkOperation(request.operation);
    const times = timesOf(request);
    const before = await this.#batchByKey(request, caller);
    if (before !== null) return await this.#madeBefore(before);
    const hosts = chosenHosts(request, allowed);
    if (request.dryRun === true) {
      return { dryRun: true, hosts: hosts.map(({ id, name, state }) => ({ id, name, state })) };
    }
    if (hosts.length === 0) throw new AppError("not_found", "Cannot make tasks: no host that you may use is meant");
    if (this.#dispatcher.openCount + hosts.length > MAX_OPEN) {
      const message = `Cannot make tasks: ${this.#dispatcher.openCount} have not ended yet, and ${MAX_OPEN} may; wait`;
      throw new AppError("rate_limited", message, { retryable: true });
    }
    return await this.#make(request, caller, hosts, times);
  }

  async get(id: string): Promise<Task | null> {
    const record = await this.#ports.store.get(id);
    return record === null ? null : this.#viewOf(record);
  }

  async batch(id: string): Promise<Batch | null> {
    const record = await this.#ports.store.batch(id);
    return record === null ? null : await this.#batchView(record);
  }

  async list({ mayShow, isByBatch = false, ...query }: TasksQuery): Promise<TaskPage> {
    const shown: TaskRecord[] = [];
    const batches = new Set<string>();
    let { before } = query;
    for (let scanned = 0; scanned < MAX_SCANNED;) {
      const limit = mayShow === undefined ? query.limit : SCAN_PAGE;
      const page = await this.#ports.store.list({
        ...query,
        limit,
        ...before !== undefined && { before },
        ...isByBatch && { exceptBatchIds: [...batches] },
      });
      for (const record of page) {
        before = { createdMs: record.createdMs, id: record.id };
        const isAnother = isByBatch && batches.has(record.batchId);
        if (isAnother || (mayShow !== undefined && !mayShow(record.hostId))) continue;
        batches.add(record.batchId);
        shown.push(record);
        if (shown.length >= query.limit) return this.#page(shown, before);
      }
      if (page.length < limit) return this.#page(shown, null);
      scanned += page.length;
    }
    return this.#page(shown, before ?? null);
  }

  /**
   * What had not left the manager is cancelled. What the host has, or may have, it is asked to leave: throws `conflict`
   * when it does not, and `host_offline` when it cannot be asked.
   */
  async cancel(id: string, caller: Caller): Promise<Task> {
    const task = this.#dispatcher.get(id);
    if (task === undefined) return await this.#cancelEnded(id);
    const isCancelled = await this.#dispatcher.apply(task, {
      kind: "cancelled",
      reason: `cancelled by ${caller.actor}`,
    });
    if (isCancelled || ENDED_TASK_STATES.includes(task.record.state)) return this.#viewOf(task.record);
    const heard = await this.#dispatcher.askToCancel(task);
    if (ENDED_TASK_STATES.includes(task.record.state)) return this.#viewOf(task.record);
    const host = this.#hostName(task.record.hostId);
    if (heard.kind === "not_sent") {
      throw new AppError("host_offline", `Cannot cancel the task: ${host} may have it and is not connected; try again`);
    }
    const why = "reason" in heard ? heard.reason : "it goes on with it";
    throw new AppError(
      "conflict",
      `Cannot cancel the task: ${host} has it already, and it cannot be called back: ${why}`,
    );
  }

  /**
   * What a host reports; resolves when it is safe. Throws `not_found` for a task that this host was never given, whoever
   * has it: a host speaks for itself alone.
   */
  async result(hostId: string, result: TaskResult): Promise<void> {
    const task = this.#dispatcher.get(result.id);
    const record = task?.record ?? await this.#ports.store.get(result.id);
    if (record === null || record.hostId !== hostId || record.state === "queued") {
      this.#options.log.warn("a host reported a task that it was not given", { hostId, task: result.id });
      throw new AppError("not_found", `This host was given no task ${result.id}`);
    }
    if (task !== undefined) return void await this.#dispatcher.result(task, result);
    // One that has ended was told before, or given up; either way the host need not tell it again. One that has not is
    // told while this part starts or stops, and must be kept all the same.
    const change = changeBy(record.state, { kind: "result", result }, this.#options.clock.nowMs());
    if (change !== null) await this.#ports.store.change(record.id, [record.state], change);
  }

  /** The host is connected, or may be given tasks again. */
  hostArrived(hostId: string): void {
    this.#dispatcher.hostArrived(hostId);
  }

  /** The store has taken the host away, and cancelled its tasks. */
  hostRemoved(hostId: string): void {
    this.#dispatcher.hostRemoved(hostId);
  }

  /** Told a few times a second at most, of each task that has changed. */
  onChange(listener: (tasks: readonly Task[]) => void): () => void {
    return this.#teller.add(listener);
  }

  counts(): TasksReport {
    return { ...this.#dispatcher.counts(), deliveries: this.#dispatcher.deliveries };
  }

  async #end(): Promise<void> {
    this.#stopped.abort(new AppError("unavailable", "The manager is stopping", { retryable: true }));
    await this.#sweeping;
    await this.#dispatcher.ended();
  }

  async #make(
    request: NewTasks,
    caller: Caller,
    hosts: readonly NewTaskHost[],
    times: { readonly expiresInMs: number; readonly timeoutMs: number },
  ): Promise<MadeTasks> {
    const { clock, newId = () => crypto.randomUUID() } = this.#options;
    const made = makeTasks(request, hosts, times, { createdBy: caller.actor, nowMs: clock.nowMs(), newId });
    try {
      await this.#ports.store.add(made.batch, made.tasks);
    } catch (error) {
      // The same key at the same time: whoever was first has made it.
      const before = error instanceof AppError && error.code === "conflict"
        ? await this.#batchByKey(request, caller)
        : null;
      if (before === null) throw error;
      return await this.#madeBefore(before);
    }
    this.#dispatcher.addAll(made.batch, made.tasks);
    const batch = { ...viewOfBatch(made.batch), counts: { ...NO_COUNTS, queued: made.tasks.length } };
    const told = hosts.map(({ id, name, state }, at) => ({ id, name, state, taskId: made.tasks[at]?.id ?? "" }));
    return { dryRun: false, batch, hosts: told };
  }

  #batchByKey({ idempotencyKey }: NewTasks, caller: Caller): Promise<BatchRecord | null> {
    if (idempotencyKey === undefined) return Promise.resolve(null);
    return this.#ports.store.batchByKey(caller.actor, idempotencyKey);
  }

  async #madeBefore(record: BatchRecord): Promise<MadeTasks> {
    const tasks = await this.#ports.store.list({ batchId: record.id, limit: 10_000 });
    const hosts = tasks.toReversed().map(({ id, hostId }) => ({
      id: hostId,
      name: this.#hostName(hostId),
      state: this.#ports.isOnline(hostId) ? "online" : "offline",
      taskId: id,
    }));
    return { dryRun: false, batch: await this.#batchView(record), hosts };
  }

  async #cancelEnded(id: string): Promise<Task> {
    const record = await this.#ports.store.get(id);
    if (record === null) throw new AppError("not_found", `There is no task ${id}`);
    throw new AppError("conflict", `Cannot cancel the task: it has ended already: ${record.state}`);
  }

  async #goOn(): Promise<void> {
    const open = Map.groupBy(await this.#ports.store.open(), ({ batchId }) => batchId);
    for (const [batchId, tasks] of open) {
      const batch = await this.#ports.store.batch(batchId);
      if (batch === null) throw new AppError("internal", `The batch ${batchId} of ${tasks.length} tasks is lost`);
      const { failed = 0, expired = 0 } = await this.#ports.store.counts(batchId);
      // All tasks of a batch have the same operation; its body is held once.
      const operation = tasks[0]?.operation;
      const shared = operation === undefined ? tasks : tasks.map((task) => ({ ...task, operation }));
      this.#dispatcher.addAll(batch, shared, failed + expired);
    }
  }

  async #keepSweeping(signal: AbortSignal): Promise<void> {
    const { clock, log, keepMs = DEFAULT_KEEP_MS } = this.#options;
    const trouble = createStateLog(log, clock, "looking after tasks");
    let trimAtMs = clock.monotonicMs();
    while (!signal.aborted) {
      try {
        await this.#dispatcher.sweep();
        if (clock.monotonicMs() >= trimAtMs) {
          trimAtMs = clock.monotonicMs() + TRIM_EVERY_MS;
          await this.#ports.store.trim(clock.nowMs() - keepMs);
        }
        trouble.recovered();
      } catch (error) {
        trouble.failed(messageOf(error));
      }
      await clock.sleep(SWEEP_EVERY_MS, signal).catch(() => {
        // The part stops.
      });
    }
  }

  async #batchView(record: BatchRecord): Promise<Batch> {
    return { ...viewOfBatch(record), counts: { ...NO_COUNTS, ...await this.#ports.store.counts(record.id) } };
  }

  #page(records: readonly TaskRecord[], next: TaskPage["next"]): TaskPage {
    return { tasks: records.map((record) => this.#viewOf(record)), next };
  }

  #viewOf({ sentMs, endedMs, result, ...record }: TaskRecord): Task {
    return {
      ...record,
      host: this.#hostName(record.hostId),
      ...sentMs !== null && { sentMs },
      ...endedMs !== null && { endedMs },
      ...result !== null && { result },
    };
  }

  #hostName(id: string): string {
    return this.#ports.hostName(id) ?? id;
  }
}

const NO_COUNTS = { queued: 0, sent: 0, running: 0, done: 0, failed: 0, expired: 0, cancelled: 0 } satisfies Record<
  (typeof TASK_STATES)[number],
  number
>;

function viewOfBatch({ idempotencyKey: _, ...batch }: BatchRecord): Omit<Batch, "counts"> {
  return batch;
}
