import type { BatchRecord, TaskRecord } from "./ports.ts";

/** A task that has not ended, with what its dispatcher remembers of it; times are monotonic. */
export interface OpenTask {
  record: TaskRecord;
  /** When it is too late to begin it. */
  readonly dueMs: number;
  /** In which order tasks of one host are begun. */
  readonly order: number;
  /** Whether something is being sent, or was and is not answered. */
  isDelivering: boolean;
  /** Whether it counts as one of the hosts at once of its batch. */
  holdsSlot: boolean;
  /** How often it was sent without a clear answer. */
  attempts: number;
  /** When it is to be delivered again; Infinity when nothing is awaited. */
  askAtMs: number;
  /** When its host has kept silent for too long. */
  loseAtMs: number;
  /** Not begun before. */
  notBeforeMs: number;
  offlineSinceMs: number | null;
}

export interface BatchRun {
  readonly id: string;
  readonly concurrency: number;
  readonly maxFailures: number;
  readonly queued: Set<OpenTask>;
  failures: number;
  open: number;
  active: number;
  /** Too much has failed: nothing more of it is begun. */
  isStopped: boolean;
  /** Hosts that have a task of it and could begin, if there were a slot. */
  readonly blocked: Set<string>;
}

interface HostLine {
  /** In their order. */
  readonly queued: OpenTask[];
  /** What the host has, or may have. */
  readonly held: Set<OpenTask>;
}

/** Whose turn it is: one task at a time for each host, so many hosts at a time for each batch. */
export class Schedule {
  readonly #lines = new Map<string, HostLine>();
  readonly #batches = new Map<string, BatchRun>();

  batch(id: string): BatchRun | undefined {
    return this.#batches.get(id);
  }

  addBatch({ id, concurrency, maxFailures = Infinity }: BatchRecord, failures: number): BatchRun {
    const run: BatchRun = {
      id,
      concurrency,
      maxFailures,
      failures,
      queued: new Set(),
      open: 0,
      active: 0,
      isStopped: failures >= maxFailures,
      blocked: new Set(),
    };
    this.#batches.set(id, run);
    return run;
  }

  /** What the host may have takes a slot, as before the restart. */
  add(task: OpenTask): void {
    const batch = this.#batchOf(task);
    batch.open++;
    if (task.record.state === "queued") return this.#enqueue(task);
    this.#lineOf(task.record.hostId).held.add(task);
    task.holdsSlot = true;
    batch.active++;
  }

  heldBy(hostId: string): readonly OpenTask[] {
    return [...this.#lines.get(hostId)?.held ?? []];
  }

  ofHost(hostId: string): readonly OpenTask[] {
    const line = this.#lines.get(hostId);
    return line === undefined ? [] : [...line.held, ...line.queued];
  }

  /** The next task for a host that is there, which is the host's from then on; null when it is nobody's turn. */
  take(hostId: string, nowMs: number): OpenTask | null {
    const line = this.#lines.get(hostId);
    if (line === undefined || line.held.size > 0) return null;
    for (const task of line.queued) {
      const batch = this.#batchOf(task);
      if (batch.isStopped || task.notBeforeMs > nowMs) continue;
      if (batch.active >= batch.concurrency) {
        batch.blocked.add(hostId);
        continue;
      }
      this.#dequeue(task);
      line.held.add(task);
      task.holdsSlot = true;
      batch.active++;
      return task;
    }
    return null;
  }

  /** It was not sent after all and waits again. */
  giveBack(task: OpenTask): void {
    this.#lines.get(task.record.hostId)?.held.delete(task);
    this.releaseSlot(task);
    this.#enqueue(task);
  }

  /** A host that is away does not keep the others waiting. */
  releaseSlot(task: OpenTask): void {
    if (!task.holdsSlot) return;
    task.holdsSlot = false;
    this.#batchOf(task).active--;
  }

  end(task: OpenTask): void {
    const { hostId } = task.record;
    this.releaseSlot(task);
    this.#dequeue(task);
    const line = this.#lines.get(hostId);
    line?.held.delete(task);
    if (line !== undefined && line.held.size + line.queued.length === 0) this.#lines.delete(hostId);
    const batch = this.#batchOf(task);
    batch.open--;
    if (batch.open === 0) this.#batches.delete(batch.id);
  }

  /** Takes the next host that waited for a slot of this batch, while there is one; whether it can begin is to be tried. */
  nextBlocked(batch: BatchRun): string | undefined {
    if (batch.active >= batch.concurrency) return undefined;
    const [host] = batch.blocked;
    if (host !== undefined) batch.blocked.delete(host);
    return host;
  }

  #enqueue(task: OpenTask): void {
    const { queued } = this.#lineOf(task.record.hostId);
    const before = queued.findIndex(({ order }) => order > task.order);
    queued.splice(before === -1 ? queued.length : before, 0, task);
    this.#batchOf(task).queued.add(task);
  }

  #dequeue(task: OpenTask): void {
    const queued = this.#lines.get(task.record.hostId)?.queued ?? [];
    const at = queued.indexOf(task);
    if (at !== -1) queued.splice(at, 1);
    this.#batchOf(task).queued.delete(task);
  }

  #lineOf(hostId: string): HostLine {
    const known = this.#lines.get(hostId);
    if (known !== undefined) return known;
    const line: HostLine = { queued: [], held: new Set() };
    this.#lines.set(hostId, line);
    return line;
  }

  #batchOf({ record }: OpenTask): BatchRun {
    const batch = this.#batches.get(record.batchId);
    if (batch === undefined) throw new Error(`the batch of task ${record.id} is not known`);
    return batch;
  }
}
