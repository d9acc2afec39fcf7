import type { ProcessIdentity } from "../../../platform/mod.ts";
import type { NewProcessEvent, ProcessEvent } from "../../../protocol/mod.ts";

/** What the next agent needs to know of a process that this one has started. */
export interface Handle {
  readonly id: string;
  readonly identity: ProcessIdentity;
  /** Tells one start of the process from all others; its program carries it in its environment. */
  readonly run: string;
  readonly startedMs: number;
  readonly restarts: number;
  /** The control group that it was started in; "" for none. */
  readonly cgroup: string;
  /** The spec that it was started by. */
  readonly fingerprint: string;
}

/** A process that was registered by the API: an item as `processes:` of the config has it. */
export interface RegisteredProcess {
  readonly id: string;
  readonly item: Readonly<Record<string, unknown>>;
}

export interface EventQuery {
  readonly after?: number;
  readonly sinceMs?: number;
  readonly process?: string;
  readonly limit: number;
  /** Which ones where there are more than `limit`; default "latest". */
  readonly take?: "latest" | "earliest";
}

export interface EventLimits {
  readonly maxCount: number;
  readonly maxAgeMs: number;
}

/**
 * What the supervisor remembers in the agent's database. Nothing here throws: a database that cannot be written or read
 * is reported once by `onTrouble`, and what is told to the store is kept in memory from then on, within bounds.
 */
export interface SupervisorStore {
  handles(): Handle[];
  saveHandle(handle: Handle): void;
  dropHandle(id: string): void;

  registered(): RegisteredProcess[];
  saveRegistered(process: RegisteredProcess): void;
  dropRegistered(id: string): void;

  /** What a user has last asked for, start or stop; undefined where nobody has since this boot of the host. */
  wanted(id: string, bootId: string): boolean | undefined;
  saveWanted(id: string, wanted: boolean, bootId: string): void;

  /** The spec by which a oneshot has done its work since this boot of the host; undefined where it has not. */
  completed(id: string, bootId: string): string | undefined;
  saveCompleted(id: string, fingerprint: string, bootId: string): void;
  /** Forgets what was wanted of a process and whether it has done its work: there is no such process any more. */
  forget(id: string): void;

  addEvent(event: NewProcessEvent): ProcessEvent;
  /** Oldest first. */
  events(query: EventQuery): ProcessEvent[];
  lastSeq(): number;
  /** No event with this seq or a greater one has been forgotten. */
  completeFrom(): number;
  setLimits(limits: EventLimits): void;

  close(): void;
}
