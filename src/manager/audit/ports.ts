import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { AuditEntry } from "../../protocol/mod.ts";

export interface AuditQuery {
  /** Newest first, below this seq. */
  readonly before?: number;
  readonly limit: number;
  readonly actor?: string;
  readonly action?: string;
  readonly hostId?: string;
  readonly sinceMs?: number;
}

/** Where the entries are kept. The manager's store has one of these. */
export interface AuditStore {
  last(): Promise<AuditEntry | null>;
  /** All or none, and only if the first follows the last one that is there; otherwise `conflict`. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  list(query: AuditQuery): Promise<AuditEntry[]>;
  /** All above `afterSeq`, oldest first, at most `limit`. */
  walk(afterSeq: number, limit: number): Promise<AuditEntry[]>;
}

export interface AuditOptions {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Something that was done, or was tried. */
export interface NewAuditEntry {
  /** A user's name, token:USER/NAME, local, host:NAME or system. */
  readonly actor: string;
  readonly address: string;
  /** `host.rename`, `process.stop`, `session.create`. */
  readonly action: string;
  readonly subject: string;
  readonly hostId?: string | undefined;
  readonly result: AuditEntry["result"];
  /** Anything; what is secret or too long is taken out. */
  readonly details?: Readonly<Record<string, unknown>>;
}
