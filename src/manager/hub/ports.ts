import type { Selectable } from "../../core/mod.ts";
import type {
  DuplicateClaim,
  HostFacts,
  HostState,
  NewFleetEvent,
  ProcessBrief,
  SampleRow,
  TaskResult,
} from "../../protocol/mod.ts";

/** What the hub needs of the manager's other parts. */
export interface HubPorts {
  readonly hosts: HostStorePort;
  readonly processes: ProcessStorePort;
  readonly joinTokens: JoinTokensPort;
  readonly samples: SamplesPort;
  readonly settings: SettingsPort;
  readonly events: EventsPort;
  readonly tasks: TasksPort;
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
  readonly state: HostState;
  readonly sinceMs: number;
  readonly reason: string;
  readonly lastSeenMs: number | null;
  readonly address: string;
  readonly eventSeq: number;
  readonly duplicates: readonly DuplicateClaim[];
}
export type HostChange = Partial<Omit<HostRecord, "id" | "kind" | "enrolledMs">>;

/** The store's `hosts` is one. */
export interface HostStorePort {
  /** A taken name or key is `conflict`. */
  add(host: HostRecord): Promise<void>;
  all(): Promise<HostRecord[]>;
  change(id: string, change: HostChange): Promise<boolean>;
  changeMany(changes: readonly { readonly id: string; readonly change: HostChange }[]): Promise<void>;
  remove(id: string): Promise<boolean>;
}

export interface ProcessRecord extends ProcessBrief {
  readonly hostId: string;
  readonly reportedMs: number;
}

/** The store's `processes` is one. */
export interface ProcessStorePort {
  replace(hostId: string, processes: readonly ProcessRecord[]): Promise<void>;
  all(): Promise<ProcessRecord[]>;
}

export interface JoinTokenFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly expiresMs: number;
  readonly revoked: boolean;
}

/** The store's `joinTokens` is one. By the SHA-256 of the token, hex. */
export interface JoinTokensPort {
  byHash(hash: string): Promise<JoinTokenFacts | null>;
  /** Counts one use, if it is good; null when it is not. */
  use(hash: string, nowMs: number): Promise<JoinTokenFacts | null>;
}

/** The part `samples` is one. */
export interface SamplesPort {
  /** From when on the host is to tell what we have missed; null for all that it has. */
  connected(hostId: string, intervalMs: number): number | null;
  setInterval(hostId: string, intervalMs: number): void;
  put(hostId: string, row: SampleRow): boolean;
  backfill(hostId: string, rows: readonly SampleRow[], isLast: boolean): number;
  /** Values in the order of FLEET_SERIES, NaN where nothing was measured. */
  latest(hostId: string): { readonly timeMs: number; readonly values: ArrayLike<number> } | null;
  remove(hostId: string): void;
  prune(): void;
}

/** What holds for a host. */
export interface HubSettings {
  /** Of `values`; 0 for none. */
  readonly version: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly heartbeatIntervalMs: number | null;
  readonly times: {
    readonly unreachableAfterMs: number | null;
    readonly offlineAfterMs: number | null;
    readonly flapLimit: number | null;
    readonly flapWindowMs: number | null;
    readonly flapHoldMs: number | null;
  };
}

/** The part `settings` is one. */
export interface SettingsPort {
  /** What was got from `forHost` holds for as long as this stays the same. */
  version(): number;
  forHost(host: Selectable): HubSettings;
}

/** The part `events` is one. */
export interface EventsPort {
  publish(events: readonly NewFleetEvent[]): Promise<void>;
}

/** The part `tasks` is one. */
export interface TasksPort {
  /** Resolves when it is safe; throws `not_found` for a task that this host was not given. */
  result(hostId: string, result: TaskResult): Promise<void>;
  /** It is connected, or may be given tasks again. */
  hostArrived(hostId: string): void;
  hostRemoved(hostId: string): void;
}
