import { AppError } from "../../../src/core/mod.ts";
import type {
  ApiTokenRecord,
  BatchRecord,
  HostRecord,
  JoinTokenRecord,
  ProcessRecord,
  RecordingRecord,
  SessionRecord,
  TaskRecord,
  UserRecord,
} from "../../../src/manager/store/contract.ts";
import type { AuditEntry, FleetEvent, SettingsRule } from "../../../src/protocol/mod.ts";

/** All that a memory store keeps, by id and in the order in which it was added. */
export interface Tables {
  readonly hosts: Map<string, HostRecord>;
  readonly joinTokens: Map<string, JoinTokenRecord>;
  readonly processes: Map<string, readonly ProcessRecord[]>;
  events: FleetEvent[];
  lastEventSeq: number;
  readonly batches: Map<string, BatchRecord>;
  readonly tasks: Map<string, TaskRecord>;
  /** By their selector, of which each has one. */
  readonly rules: Map<string, SettingsRule>;
  settingsVersion: number;
  readonly users: Map<string, UserRecord>;
  readonly sessions: Map<string, SessionRecord>;
  readonly apiTokens: Map<string, ApiTokenRecord>;
  readonly audit: AuditEntry[];
  readonly facts: Map<string, string>;
  readonly recordings: Map<string, RecordingRecord>;
}

export function noTables(): Tables {
  return {
    hosts: new Map(),
    joinTokens: new Map(),
    processes: new Map(),
    events: [],
    lastEventSeq: 0,
    batches: new Map(),
    tasks: new Map(),
    rules: new Map(),
    settingsVersion: 0,
    users: new Map(),
    sessions: new Map(),
    apiTokens: new Map(),
    audit: [],
    facts: new Map(),
    recordings: new Map(),
  };
}

/** What comes out is a copy, as from a database: whoever changes it changes nothing here. What is thrown rejects. */
export function answer<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => resolve(structuredClone(act())));
}

export function conflict(field: string): AppError {
  return new AppError("conflict", `The ${field} is taken already; choose another`, { details: { field } });
}

/** Adds a copy, unless one of the fields has a value that another record has too. */
export function put<T extends { readonly id: string }>(
  rows: Map<string, T>,
  row: T,
  unique: readonly (keyof T & string)[],
): void {
  for (const field of unique) {
    const isTaken = [...rows.values()].some((other) => other.id !== row.id && other[field] === row[field]);
    if (isTaken) throw conflict(field);
  }
  rows.set(row.id, structuredClone(row));
}

export function add<T extends { readonly id: string }>(
  rows: Map<string, T>,
  row: T,
  unique: readonly (keyof T & string)[],
): void {
  if (rows.has(row.id)) throw conflict("id");
  put(rows, row, unique);
}

export function find<T>(rows: ReadonlyMap<string, T>, fits: (row: T) => boolean): T | null {
  return [...rows.values()].find(fits) ?? null;
}

/** Gives how many there were. */
export function removeWhere<T>(rows: Map<string, T>, fits: (row: T) => boolean): number {
  const doomed = [...rows].filter(([, row]) => fits(row));
  for (const [id] of doomed) rows.delete(id);
  return doomed.length;
}
