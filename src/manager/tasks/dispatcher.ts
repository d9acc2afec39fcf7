import { type Clock, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import { ENDED_TASK_STATES, type TaskResult } from "../../protocol/mod.ts";
import { Delivery, type Heard } from "./delivery.ts";
import { changeBy, type TaskEvent } from "./life.ts";
import type { BatchRecord, TaskRecord, TasksPorts } from "./ports.ts";
import { type BatchRun, type OpenTask, Schedule } from "./schedule.ts";

export interface DispatcherOptions {
  readonly ports: TasksPorts;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every task that has become another. */
  readonly onChange: (record: TaskRecord) => void;
}

/** Deliveries that wait for their answer at a time, over all batches. */
const MAX_DELIVERIES = 200;
/** Writes of many tasks at once are made so many at a time. */
const WRITES_AT_ONCE = 100;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** After its time to run is over a host is asked what has become of a task, and from then on so often. */
const ASK_AFTER_MS = 30_000;
const ASK_EVERY_MS = 60_000;
/** A host that keeps silent for so long after all its time was over will not tell any more. */
const SILENT_FOR_MS = 3_600_000;
/** After a restart of the manager the hosts have this long to come back with what they know. */
const RETURN_MS = 600_000;
const SLOT_OFFLINE_MS = 30_000;
const TOO_LATE: TaskEvent = { kind: "expired", reason: "it was not begun in time" };

/** Goes on with every task that has not ended; whatever it does is in the store first. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #delivery: Delivery;
  readonly #schedule = new Schedule();
  readonly #open = new Map<string, OpenTask>();
  readonly #outbox: OpenTask[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #trouble: StateLog;
  #signal: AbortSignal = AbortSignal.abort();
  #order = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#delivery = new Delivery((hostId, request) => options.ports.fetch(hostId, request), options.clock);
    this.#trouble = createStateLog(options.log, options.clock, "going on with tasks");
  }

  get openCount(): number {
    return this.#open.size;
  }

  get deliveries(): number {
    return this.#running.size;
  }

  counts(): { queued: number; sent: number; running: number } {
    const counts = { queued: 0, sent: 0, running: 0 };
    for (const { record: { state } } of this.#open.values()) {
      if (state === "queued" || state === "sent" || state === "running") counts[state]++;
    }
    return counts;
  }

  /** Everything that was begun ends when the signal aborts; what it leaves behind is right in the store. */
  begin(signal: AbortSignal): void {
    this.#signal = signal;
  }

  async ended(): Promise<void> {
    this.#outbox.length = 0;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#open.clear();
  }

  /** Tasks that are in the store already; `failures` of their batch before. */
  addAll(batch: BatchRecord, tasks: readonly TaskRecord[], failures = 0): void {
    const run = this.#schedule.addBatch(batch, failures);
    for (const record of tasks) {
      const task = this.#opened(record);
      this.#open.set(record.id, task);
      this.#schedule.add(task);
    }
    for (const { hostId } of tasks) this.hostArrived(hostId);
    if (run.isStopped) this.#cancelRest(run);
  }

  get(id: string): OpenTask | undefined {
    return this.#open.get(id);
  }

  /** A host is there, or may be given something again. What it may have is asked for first. */
  hostArrived(hostId: string): void {
    if (!this.#options.ports.isOnline(hostId)) return;
    for (const task of this.#schedule.ofHost(hostId)) task.notBeforeMs = 0;
    for (const task of this.#schedule.heldBy(hostId)) this.#post(task);
    this.#tryHost(hostId);
  }

  /** The store has cancelled what it had not ended. */
  hostRemoved(hostId: string): void {
    for (const task of this.#schedule.ofHost(hostId)) this.#spawn(this.#resync(task));
  }

  /** True when the task is in that state now because of this. */
  async apply(task: OpenTask, event: TaskEvent): Promise<boolean> {
    const { state, id } = task.record;
    const change = changeBy(state, event, this.#options.clock.nowMs());
    if (change === null) return false;
    const changed = await this.#options.ports.store.change(id, [state], change);
    if (changed === null) await this.#resync(task);
    else this.#took(task, changed);
    return changed !== null;
  }

  /** Asks the host to leave a task; what it says is taken as any news of it. */
  async askToCancel(task: OpenTask): Promise<Heard> {
    const heard = await this.#delivery.cancel(task.record, this.#signal);
    if (heard.kind === "result" || heard.kind === "taken") await this.#heard(task, heard);
    return heard;
  }

  result(task: OpenTask, result: TaskResult): Promise<boolean> {
    return this.apply(task, { kind: "result", result });
  }

  /** Looks at what has become due; called every second. */
  async sweep(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const due: [OpenTask, TaskEvent][] = [];
    for (const task of this.#open.values()) {
      const event = this.#look(task, nowMs);
      if (event !== null) due.push([task, event]);
    }
    await this.#applyAll(due);
  }

  #look(task: OpenTask, nowMs: number): TaskEvent | null {
    const { record: { hostId, state }, isDelivering } = task;
    if (isDelivering) return null;
    if (state === "queued") {
      if (nowMs >= task.dueMs) return TOO_LATE;
      if (task.notBeforeMs > 0 && nowMs >= task.notBeforeMs) {
        task.notBeforeMs = 0;
        this.#tryHost(hostId);
      }
      return null;
    }
    if (nowMs >= task.loseAtMs) {
      return { kind: "lost", reason: "the host may have done it, and has not said what came of it" };
    }
    const isOnline = this.#options.ports.isOnline(hostId);
    task.offlineSinceMs = isOnline ? null : task.offlineSinceMs ?? nowMs;
    if (isOnline && nowMs >= task.askAtMs) this.#post(task);
    else if (task.offlineSinceMs !== null && nowMs - task.offlineSinceMs >= SLOT_OFFLINE_MS) this.#freeSlot(task);
    return null;
  }

  #freeSlot(task: OpenTask): void {
    if (!task.holdsSlot) return;
    this.#schedule.releaseSlot(task);
    this.#fill(task.record.batchId);
  }

  #tryHost(hostId: string): void {
    const { ports, clock } = this.#options;
    if (this.#signal.aborted || !ports.isOnline(hostId) || ports.isDrained(hostId)) return;
    const task = this.#schedule.take(hostId, clock.monotonicMs());
    if (task !== null) this.#post(task);
  }

  #fill(batchId: string): void {
    const batch = this.#schedule.batch(batchId);
    if (batch === undefined) return;
    for (let host = this.#schedule.nextBlocked(batch); host !== undefined; host = this.#schedule.nextBlocked(batch)) {
      this.#tryHost(host);
    }
  }

  #post(task: OpenTask): void {
    if (task.isDelivering || this.#signal.aborted) return;
    task.isDelivering = true;
    this.#outbox.push(task);
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < MAX_DELIVERIES) {
      const task = this.#outbox.shift();
      if (task === undefined) return;
      this.#spawn(this.#deliver(task));
    }
  }

  #spawn(work: Promise<void>): void {
    const running: Promise<void> = work.catch((error) => this.#trouble.failed(messageOf(error))).finally(() => {
      this.#running.delete(running);
      this.#pump();
    });
    this.#running.add(running);
  }

  async #deliver(task: OpenTask): Promise<void> {
    try {
      const isFirst = task.record.state === "queued";
      if (isFirst && !await this.#mayBegin(task)) return;
      const expiresInMs = task.dueMs - this.#options.clock.monotonicMs();
      const heard = await this.#delivery.send(task.record, { expiresInMs, again: !isFirst }, this.#signal);
      // That it was not sent again says nothing about the time before.
      const isNews = isFirst || heard.kind !== "not_sent";
      await this.#heard(task, isNews ? heard : { kind: "unclear", reason: heard.reason });
      this.#trouble.recovered();
    } finally {
      task.isDelivering = false;
      // Where the store failed it stands as it stood.
      if (task.record.state === "queued" && this.#open.has(task.record.id)) this.#waitAgain(task);
    }
  }

  async #mayBegin(task: OpenTask): Promise<boolean> {
    const { createdBy, operation, hostId } = task.record;
    if (this.#options.clock.monotonicMs() >= task.dueMs) {
      await this.apply(task, TOO_LATE);
      return false;
    }
    const refusal = await this.#options.ports.refusal(createdBy, operation, hostId);
    if (refusal === null) return await this.apply(task, { kind: "sending" });
    await this.apply(task, { kind: "refused", reason: refusal });
    return false;
  }

  async #heard(task: OpenTask, heard: Heard): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const wasAsked = Number.isFinite(task.askAtMs);
    // Also for what the store may fail to take now.
    task.askAtMs = nowMs + retryMs(task.attempts++);
    if (heard.kind === "unclear") return;
    if (heard.kind === "taken") {
      task.attempts = 0;
      task.askAtMs = nowMs + (wasAsked ? ASK_EVERY_MS : task.record.timeoutMs + ASK_AFTER_MS);
      task.loseAtMs = Math.max(task.loseAtMs, nowMs + task.record.timeoutMs + SILENT_FOR_MS);
    }
    await this.apply(task, heard);
  }

  #waitAgain(task: OpenTask): void {
    task.notBeforeMs = this.#options.clock.monotonicMs() + retryMs(task.attempts++);
    this.#schedule.giveBack(task);
    this.#tryHost(task.record.hostId);
    this.#fill(task.record.batchId);
  }

  /** Something else has changed it in the store; the store is right. */
  async #resync(task: OpenTask): Promise<void> {
    const stored = await this.#options.ports.store.get(task.record.id);
    this.#took(task, stored ?? { ...task.record, state: "cancelled", reason: "it was removed" });
  }

  #took(task: OpenTask, record: TaskRecord): void {
    if (!this.#open.has(record.id)) return; // news that were overtaken by its end
    task.record = record;
    this.#options.onChange(record);
    if (!ENDED_TASK_STATES.includes(record.state)) return;
    this.#open.delete(record.id);
    const batch = this.#schedule.batch(record.batchId);
    this.#schedule.end(task);
    if (batch !== undefined) this.#countEnd(batch, record);
    this.#tryHost(record.hostId);
    this.#fill(record.batchId);
  }

  #countEnd(batch: BatchRun, record: TaskRecord): void {
    if (record.state !== "failed" && record.state !== "expired") return;
    this.#publish(record);
    batch.failures++;
    if (batch.failures >= batch.maxFailures && !batch.isStopped) this.#cancelRest(batch);
  }

  #cancelRest(batch: BatchRun): void {
    batch.isStopped = true;
    const reason = `${batch.failures} of the others have failed, which is as many as may`;
    this.#spawn(this.#applyAll([...batch.queued].map((task) => [task, { kind: "cancelled", reason }])));
  }

  async #applyAll(changes: readonly (readonly [OpenTask, TaskEvent])[]): Promise<void> {
    for (let at = 0; at < changes.length && !this.#signal.aborted; at += WRITES_AT_ONCE) {
      await Promise.all(changes.slice(at, at + WRITES_AT_ONCE).map(([task, event]) => this.apply(task, event)));
    }
  }

  #publish({ hostId, title, state, reason }: TaskRecord): void {
    const { ports, clock } = this.#options;
    const message = `${title}: ${reason}`.slice(0, 1_000);
    ports.publish([{ timeMs: clock.nowMs(), kind: "task", level: "warn", hostId, state, message }]).catch((error) => {
      this.#trouble.failed(messageOf(error));
    });
  }

  #opened(record: TaskRecord): OpenTask {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const dueMs = nowMs + record.expiresMs - clock.nowMs();
    return {
      record,
      dueMs,
      order: this.#order++,
      isDelivering: false,
      holdsSlot: false,
      attempts: 0,
      askAtMs: record.state === "queued" ? Infinity : nowMs,
      loseAtMs: Math.max(dueMs + record.timeoutMs + SILENT_FOR_MS, nowMs + RETURN_MS),
      notBeforeMs: 0,
      offlineSinceMs: null,
    };
  }
}

function retryMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
}
