import type {
  ApiToken,
  AuditEntry,
  Batch,
  DuplicateClaim,
  FleetEvent,
  HostFacts,
  HostState,
  JoinToken,
  NewFleetEvent,
  Operation,
  ProcessBrief,
  Recording,
  SettingsRule,
  TaskResult,
  TaskState,
  User,
} from "../../protocol/mod.ts";

/**
 * What the manager keeps for good, an interface for each kind of thing, so that another database can stand behind them;
 * one suite of tests holds for all.
 *
 * Every method answers once what it has changed is safe: it survives kill -9 and a power cut from then on. Ids and
 * times are given by the caller. Lists are told in the order that is named, from `after` on, never more than `limit`;
 * where none is named, in the order in which they were added. Texts come back to the last character, whatever is in
 * them. Broken promises of uniqueness are `conflict` with details {field}, what belongs to something that is gone is
 * `not_found`, a database that cannot be reached is `unavailable` (retryable). What is asked for is done in the order in
 * which it is asked for; what is read is what was answered, never what is still being written.
 */
export interface Store {
  readonly hosts: HostStore;
  readonly joinTokens: JoinTokenStore;
  readonly processes: ProcessStore;
  readonly events: EventStore;
  readonly tasks: TaskStore;
  readonly settings: SettingsStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly apiTokens: ApiTokenStore;
  readonly audit: AuditStore;
  readonly facts: FactStore;
  readonly recordings: RecordingStore;
  /** How long writes take, and how many wait; for the manager's own metrics. */
  report(): StoreReport;
  /** Writes what waits and lets go of the database. */
  close(): Promise<void>;
}

export interface StoreReport {
  readonly waiting: number;
  readonly writes: number;
  readonly failures: number;
  /** Of the last second or so of writing; absent when nothing was written yet. */
  readonly latencyMs?: number;
  readonly sizeBytes: number;
}

export interface HostRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: "agent" | "worker";
  /** Raw Ed25519, base64url; "" for a worker. */
  readonly publicKey: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: HostFacts | null;
  readonly enrolledMs: number;
  readonly drained: boolean;
  /** As last known; what it is now the hub says. */
  readonly state: HostState;
  readonly sinceMs: number;
  readonly reason: string;
  readonly lastSeenMs: number | null;
  readonly address: string;
  /** Up to which of the host's own numbers its events are here. */
  readonly eventSeq: number;
  readonly duplicates: readonly DuplicateClaim[];
}
export type HostChange = Partial<Omit<HostRecord, "id" | "kind" | "enrolledMs">>;

export interface HostStore {
  /** Names and public keys are unique; a taken name is `conflict` with details {field: "name"}. */
  add(host: HostRecord): Promise<void>;
  get(id: string): Promise<HostRecord | null>;
  byPublicKey(publicKey: string): Promise<HostRecord | null>;
  byName(name: string): Promise<HostRecord | null>;
  /** All; the hub holds them in memory. */
  all(): Promise<HostRecord[]>;
  /** False when there is no such host. */
  change(id: string, change: HostChange): Promise<boolean>;
  /** Many at once, as presence changes come; hosts that are gone are left out. */
  changeMany(changes: readonly { readonly id: string; readonly change: HostChange }[]): Promise<void>;
  /** With its processes, its tasks (what had not ended is cancelled, the record stays) and its events' host name kept as text. */
  remove(id: string): Promise<boolean>;
}

/** `hash` is the SHA-256 of the secret, hex. */
export interface JoinTokenRecord extends JoinToken {
  readonly hash: string;
}
export interface JoinTokenStore {
  add(token: JoinTokenRecord): Promise<void>;
  byHash(hash: string): Promise<JoinTokenRecord | null>;
  all(): Promise<JoinTokenRecord[]>;
  /** Counts one use, if it is neither revoked, expired nor used up at `nowMs`: all in one step, so that none is used twice. Null when it is not good. */
  use(hash: string, nowMs: number): Promise<JoinTokenRecord | null>;
  revoke(id: string): Promise<boolean>;
  removeExpired(beforeMs: number): Promise<number>;
}

export interface ProcessRecord extends ProcessBrief {
  readonly hostId: string;
  readonly reportedMs: number;
}
export interface ProcessStore {
  /** All processes of a host, in place of those before. Of a host that is gone there are none. */
  replace(hostId: string, processes: readonly ProcessRecord[]): Promise<void>;
  all(): Promise<ProcessRecord[]>;
}

export interface EventStore {
  /**
   * Gives them their seq, and the name that their host has now. Those of a host whose `hostSeq` is not above the highest
   * that is here are left out, and `hosts.eventSeq` grows in the same step. Without their host nobody could tell, so of
   * one that is gone only those without a `hostSeq` are kept, which are the manager's own.
   */
  add(events: readonly NewFleetEvent[]): Promise<FleetEvent[]>;
  /** With a seq above `after`, oldest first; without `after`, the latest `limit` below `before`, oldest first. */
  list(query: EventQuery): Promise<FleetEvent[]>;
  /** Forgets those from before, and the oldest of those that are then too many; by parts, between which others write. */
  trim(bounds: { readonly maxCount: number; readonly beforeMs: number }): Promise<number>;
}
export interface EventQuery {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly hostIds?: readonly string[];
  readonly kinds?: readonly FleetEvent["kind"][];
  readonly levels?: readonly FleetEvent["level"][];
  readonly sinceMs?: number;
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
export interface TaskQuery {
  readonly hostIds?: readonly string[];
  readonly batchId?: string;
  /** None of these. */
  readonly exceptBatchIds?: readonly string[];
  readonly states?: readonly TaskState[];
  /** Newest first, of one time by id; only those after this one. */
  readonly before?: { readonly createdMs: number; readonly id: string };
  readonly limit: number;
}
export interface TaskStore {
  /** The batch and its tasks, all or none. A taken idempotency key is `conflict`: ask `batchByKey`. */
  add(batch: BatchRecord, tasks: readonly TaskRecord[]): Promise<void>;
  batchByKey(createdBy: string, key: string): Promise<BatchRecord | null>;
  batch(id: string): Promise<BatchRecord | null>;
  counts(batchId: string): Promise<Partial<Record<TaskState, number>>>;
  get(id: string): Promise<TaskRecord | null>;
  /** Only from one of these states; the task as it is then, or null when it is in another: so an end is never overwritten. */
  change(id: string, from: readonly TaskState[], change: TaskChange): Promise<TaskRecord | null>;
  list(query: TaskQuery): Promise<TaskRecord[]>;
  /** What has not ended, oldest first: what the dispatcher goes on with after a restart. */
  open(): Promise<TaskRecord[]>;
  /** Forgets ended ones from before, and batches from before that have none left; by parts, between which others write. */
  trim(beforeMs: number): Promise<number>;
}

export interface SettingsStore {
  /** The version grows with each change. */
  all(): Promise<{ readonly version: number; readonly rules: readonly SettingsRule[] }>;
  /**
   * One rule for a selector: puts it in the place of the one before, or adds it. Gives the new version. An id that is
   * another selector's is `conflict`.
   */
  put(rule: SettingsRule): Promise<number>;
  remove(id: string): Promise<number | null>;
}

export interface UserRecord extends User {
  /** As auth makes it: scheme, parameters, salt and hash in one text. */
  readonly passwordHash: string;
}
export interface UserStore {
  /** Names are unique. */
  add(user: UserRecord): Promise<void>;
  get(id: string): Promise<UserRecord | null>;
  byName(name: string): Promise<UserRecord | null>;
  all(): Promise<UserRecord[]>;
  change(id: string, change: Partial<Omit<UserRecord, "id" | "createdMs">>): Promise<boolean>;
  /**
   * With its sessions and API tokens. Refuses with `conflict`, details {rule: "last_admin"}, to take away the last admin
   * that is not disabled; so does `change`.
   */
  remove(id: string): Promise<boolean>;
}

export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the cookie's or bearer's secret, hex. */
  readonly hash: string;
  readonly userId: string;
  readonly csrf: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly lastSeenMs: number;
  readonly address: string;
  readonly userAgent: string;
}
export interface SessionStore {
  add(session: SessionRecord): Promise<void>;
  byHash(hash: string): Promise<SessionRecord | null>;
  ofUser(userId: string): Promise<SessionRecord[]>;
  seen(id: string, lastSeenMs: number, expiresMs: number): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** All of a user but one, as after a change of password. */
  removeOthers(userId: string, exceptId: string | null): Promise<number>;
  removeExpired(beforeMs: number): Promise<number>;
}

export interface ApiTokenRecord extends Omit<ApiToken, "user"> {
  readonly hash: string;
}
export interface ApiTokenStore {
  add(token: ApiTokenRecord): Promise<void>;
  byHash(hash: string): Promise<ApiTokenRecord | null>;
  all(): Promise<ApiTokenRecord[]>;
  used(id: string, lastUsedMs: number): Promise<void>;
  remove(id: string): Promise<boolean>;
}

export interface AuditQuery {
  /** Newest first, below this seq. */
  readonly before?: number;
  readonly limit: number;
  readonly actor?: string;
  readonly action?: string;
  readonly hostId?: string;
  readonly sinceMs?: number;
}
export interface AuditStore {
  /** The last entry, on whose hash the next one builds. */
  last(): Promise<AuditEntry | null>;
  /** Only if `entry.seq` follows the last one; otherwise `conflict`. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  list(query: AuditQuery): Promise<AuditEntry[]>;
  /** All, oldest first, in parts, for checking the chain. */
  walk(afterSeq: number, limit: number): Promise<AuditEntry[]>;
}

/** Single values: the manager's id, the hash of the set-up secret. */
export interface FactStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** Sets it if it is not set; gives the value that holds. */
  setOnce(name: string, value: string): Promise<string>;
  remove(name: string): Promise<void>;
}

export interface RecordingRecord extends Omit<Recording, "endedMs"> {
  /** Null while it goes on. */
  readonly endedMs: number | null;
  /** Up to where all output of its terminal was taken in, so that a later recording of it does not tell that again. */
  readonly position: number;
}
export type RecordingChange = Partial<Omit<RecordingRecord, "id" | "hostId" | "terminalId" | "startedMs">>;
export interface RecordingQuery {
  readonly hostIds?: readonly string[];
  readonly actor?: string;
  /** Newest first, of one time by id; only those after this one. */
  readonly before?: { readonly startedMs: number; readonly id: string };
  readonly limit: number;
}
/** What is known of the recordings of terminals; they themselves are files. They outlive their hosts. */
export interface RecordingStore {
  add(record: RecordingRecord): Promise<void>;
  get(id: string): Promise<RecordingRecord | null>;
  change(id: string, change: RecordingChange): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  list(query: RecordingQuery): Promise<RecordingRecord[]>;
  /** Those that have not ended. */
  open(): Promise<RecordingRecord[]>;
  /** Those that have, the first that was begun first. */
  oldest(limit: number): Promise<RecordingRecord[]>;
  /** Of all of them together. */
  usage(): Promise<{ readonly count: number; readonly sizeBytes: number }>;
  /** The highest of those of this terminal; 0 where there is none. */
  position(hostId: string, terminalId: string): Promise<number>;
}
