import type { Recording } from "../../protocol/mod.ts";
import type { DuplexAnswer } from "../../tunnel/mod.ts";

/** What this part needs of others. */
export interface TerminalsPorts {
  readonly hub: HostsPort;
  readonly recordings: RecordingIndexPort;
}

/** The part `hub` is one. */
export interface HostsPort {
  /** Rejects with `host_offline` at once when there is no tunnel. */
  duplex(hostId: string, request: Request, options: { readonly headTimeoutMs: number }): Promise<DuplexAnswer>;
}

export interface RecordingRecord extends Omit<Recording, "endedMs"> {
  /** Null while it goes on. */
  readonly endedMs: number | null;
  /** Up to where all output of its terminal was taken in. */
  readonly position: number;
}
export type RecordingChange = Partial<Omit<RecordingRecord, "id" | "hostId" | "terminalId" | "startedMs">>;

export interface RecordingQuery {
  readonly hostIds?: readonly string[];
  readonly actor?: string;
  readonly before?: { readonly startedMs: number; readonly id: string };
  readonly limit: number;
}

/** The store's `recordings` is one. */
export interface RecordingIndexPort {
  add(record: RecordingRecord): Promise<void>;
  get(id: string): Promise<RecordingRecord | null>;
  change(id: string, change: RecordingChange): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Newest first. */
  list(query: RecordingQuery): Promise<RecordingRecord[]>;
  /** Those that have not ended. */
  open(): Promise<RecordingRecord[]>;
  /** Those that have, the first that was begun first. */
  oldest(limit: number): Promise<RecordingRecord[]>;
  usage(): Promise<{ readonly count: number; readonly sizeBytes: number }>;
  /** Up to where a terminal is recorded already; 0 for not at all. */
  position(hostId: string, terminalId: string): Promise<number>;
}
