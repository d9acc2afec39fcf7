import type { Batch, HostView, NewFleetEvent, Operation, Task, TaskResult, TaskState } from "../../protocol/mod.ts";

/** What this part needs of others. */
export interface TasksPorts {
  readonly store: TaskStorePort;
  /** The name that a host has now; null for one that is gone. */
  hostName(id: string): string | null;
  isOnline(id: string): boolean;
  /** Drained hosts get nothing new. */
  isDrained(id: string): boolean;
  /** A request through the host's tunnel. Rejects with `host_offline` only when nothing was sent. */
  fetch(hostId: string, request: Request): Promise<Response>;
  /** Whether who made a task may still have that done there: null, or why not. Asked before each is sent. */
  refusal(createdBy: string, operation: Operation, hostId: string): Promise<string | null>;
  publish(events: readonly NewFleetEvent[]): Promise<void>;
}

/** A host that the caller may use. */
export interface NewTaskHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: HostView["kind"];
  readonly state: string;
}

export interface BatchRecord extends Omit<Batch, "counts"> {
  readonly idempotencyKey: string | null;
}

export interface TaskRecord {
  readonly id: string;
  readonly batchId: string;
  readonly hostId: string;
  readonly title: string;
  readonly operation: Operation;
  readonly state: TaskState;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdMs: number;
  readonly sentMs: number | null;
  readonly endedMs: number | null;
  readonly expiresMs: number;
  readonly timeoutMs: number;
  readonly result: Omit<TaskResult, "id"> | null;
}
export type TaskChange = Partial<Pick<TaskRecord, "state" | "reason" | "sentMs" | "endedMs" | "result">>;

export interface StoredTaskQuery {
  readonly hostIds?: readonly string[];
  readonly batchId?: string;
  readonly exceptBatchIds?: readonly string[];
  readonly states?: readonly TaskState[];
  readonly before?: { readonly createdMs: number; readonly id: string };
  readonly limit: number;
}

export interface TasksQuery extends Omit<StoredTaskQuery, "exceptBatchIds"> {
  /** Says whether the asker may see what concerns this host; all when absent. */
  readonly mayShow?: (hostId: string) => boolean;
  /** Of each batch only its newest task; a page may begin with one of a batch that the page before has had. */
  readonly isByBatch?: boolean;
}

/** Newest first. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** To go on with as `before`; null at the end. */
  readonly next: { readonly createdMs: number; readonly id: string } | null;
}

/** The store's `tasks` is one. */
export interface TaskStorePort {
  add(batch: BatchRecord, tasks: readonly TaskRecord[]): Promise<void>;
  batchByKey(createdBy: string, key: string): Promise<BatchRecord | null>;
  batch(id: string): Promise<BatchRecord | null>;
  counts(batchId: string): Promise<Partial<Record<TaskState, number>>>;
  get(id: string): Promise<TaskRecord | null>;
  /** Only from one of these states; the task as it is then, or null when it is in another. */
  change(id: string, from: readonly TaskState[], change: TaskChange): Promise<TaskRecord | null>;
  list(query: StoredTaskQuery): Promise<TaskRecord[]>;
  open(): Promise<TaskRecord[]>;
  trim(beforeMs: number): Promise<number>;
}
