import type { DatabaseSync } from "node:sqlite";
import { type Clock, messageOf } from "../../../core/mod.ts";
import { Database, type DatabaseUser, placeOf } from "../../../database/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { NewProcessEvent, ProcessEvent } from "../../../protocol/mod.ts";
import { EventRows, EVENTS_TABLE } from "./event_rows.ts";
import { KeptRows } from "./kept_rows.ts";
import { completedOf, type CompletedRow, handleOf, registeredOf, wantedOf, type WantedRow } from "./row_checks.ts";
import type { EventLimits, EventQuery, Handle, RegisteredProcess, SupervisorStore } from "./store.ts";

export interface StoreOptions {
  readonly path: string;
  readonly limits: EventLimits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told why the database is of no use, each time that changes, and null when it is. May be told before `openStore` returns. */
  readonly onTrouble: (reason: string | null) => void;
}

/** More than these are not left to the end of the turn. */
const MAX_DUE_CHANGES = 256;

const HANDLES = "supervisor_handles";
const REGISTERED = "supervisor_registered";
const WANTED = "supervisor_wanted";
const COMPLETED = "supervisor_completed";

/** Everything but the events is small, wholly in memory, and told apart by `data`, which a later agent may add to. */
const MIGRATIONS = [`
  CREATE TABLE ${HANDLES} (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE ${REGISTERED} (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE ${WANTED} (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE ${COMPLETED} (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE ${EVENTS_TABLE} (
    seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, process TEXT NOT NULL, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ${EVENTS_TABLE}_by_process ON ${EVENTS_TABLE} (process, seq);
`];

/** Opens a database that is there already; one that is not is made when there is something to be written. */
export function openStore(options: StoreOptions): SupervisorStore {
  const store = new Store(options);
  if (placeOf(options.path) !== "") store.open();
  return store;
}

class Store implements SupervisorStore, DatabaseUser {
  readonly schema = {
    part: "supervisor",
    migrations: MIGRATIONS,
    smallTables: [HANDLES, REGISTERED, WANTED, COMPLETED],
  };
  readonly #log: Logger;
  readonly #database: Database;
  readonly #events: EventRows;
  readonly #handles: KeptRows<Handle>;
  readonly #registered: KeptRows<RegisteredProcess>;
  readonly #wanted: KeptRows<WantedRow>;
  readonly #completed: KeptRows<CompletedRow>;
  readonly #kept: readonly Pick<KeptRows<Handle>, "table" | "opened" | "salvage" | "flush" | "flushed">[];
  #hasToldUnreadable = false;
  #dueChanges = 0;

  constructor({ path, limits, clock, log, onTrouble }: StoreOptions) {
    const onUnreadable = (table: string, count: number) =>
      log.warn("rows of the agent's database are not what an agent writes and are left out", { table, count });
    this.#log = log;
    this.#handles = new KeptRows(HANDLES, handleOf, onUnreadable);
    this.#registered = new KeptRows(REGISTERED, registeredOf, onUnreadable);
    this.#wanted = new KeptRows(WANTED, wantedOf, onUnreadable);
    this.#completed = new KeptRows(COMPLETED, completedOf, onUnreadable);
    this.#kept = [this.#handles, this.#registered, this.#wanted, this.#completed];
    this.#events = new EventRows(clock, limits);
    this.#database = new Database({ path, user: this, clock, log, onTrouble });
  }

  open(): void {
    this.#database.open();
  }

  handles(): Handle[] {
    return this.#handles.all();
  }

  saveHandle(handle: Handle): void {
    this.#handles.save(handle);
    this.#flushSoon();
  }

  dropHandle(id: string): void {
    if (this.#handles.drop(id)) this.#flushSoon();
  }

  registered(): RegisteredProcess[] {
    return this.#registered.all();
  }

  saveRegistered(process: RegisteredProcess): void {
    this.#registered.save(process);
    this.#database.flush(true);
  }

  dropRegistered(id: string): void {
    if (this.#registered.drop(id)) this.#database.flush(true);
  }

  wanted(id: string, bootId: string): boolean | undefined {
    const row = this.#wanted.get(id);
    return row?.bootId === bootId ? row.wanted : undefined;
  }

  saveWanted(id: string, wanted: boolean, bootId: string): void {
    // What was wanted before the host was booted has no meaning any more, and nobody else would ever delete it.
    for (const row of this.#wanted.all()) if (row.bootId !== bootId) this.#wanted.drop(row.id);
    this.#wanted.save({ id, wanted, bootId });
    this.#flushSoon();
  }

  completed(id: string, bootId: string): string | undefined {
    const row = this.#completed.get(id);
    return row?.bootId === bootId ? row.fingerprint : undefined;
  }

  saveCompleted(id: string, fingerprint: string, bootId: string): void {
    for (const row of this.#completed.all()) if (row.bootId !== bootId) this.#completed.drop(row.id);
    this.#completed.save({ id, fingerprint, bootId });
    this.#flushSoon();
  }

  forget(id: string): void {
    this.#wanted.drop(id);
    this.#completed.drop(id);
    this.#flushSoon();
  }

  addEvent(event: NewProcessEvent): ProcessEvent {
    this.#database.open(); // which tells what number the last one had
    const added = this.#events.add(event);
    this.#flushSoon();
    return added;
  }

  events(query: EventQuery): ProcessEvent[] {
    this.#flush();
    const found = this.#database.read((db) => this.#events.list(db, query)) ?? this.#events.list(null, query);
    if (found.unreadable > 0 && !this.#hasToldUnreadable) {
      this.#hasToldUnreadable = true;
      this.#log.warn("events of the agent's database are not what an agent writes and are left out", {
        count: found.unreadable,
      });
    }
    return found.events;
  }

  lastSeq(): number {
    return this.#events.lastSeq;
  }

  completeFrom(): number {
    this.#flush();
    return this.#database.read((db) => this.#events.completeFrom(db)) ?? this.#events.completeFrom(null);
  }

  setLimits(limits: EventLimits): void {
    this.#events.setLimits(limits);
  }

  close(): void {
    this.#flush();
    this.#database.close();
  }

  /** What happens in one turn of the event loop is written at its end, together: a hundred starts are one transaction. */
  #flushSoon(): void {
    if (this.#dueChanges === 0) queueMicrotask(() => this.#flush());
    if (++this.#dueChanges >= MAX_DUE_CHANGES) this.#flush();
  }

  #flush(): void {
    if (this.#dueChanges === 0) return;
    this.#dueChanges = 0;
    this.#database.flush();
  }

  opened(db: DatabaseSync, isReplaced: boolean): void {
    for (const rows of this.#kept) rows.opened(db);
    this.#events.opened(db, isReplaced);
  }

  salvage(db: DatabaseSync, tables: readonly string[]): void {
    for (const rows of this.#kept.filter(({ table }) => tables.includes(table))) {
      try {
        rows.salvage(db);
      } catch (error) {
        this.#log.warn("a table of a damaged database could not be saved", {
          table: rows.table,
          reason: messageOf(error),
        });
      }
    }
  }

  flush(db: DatabaseSync): void {
    for (const rows of this.#kept) rows.flush();
    this.#events.flush(db);
  }

  flushed(): void {
    for (const rows of this.#kept) rows.flushed();
    this.#events.flushed();
    const lost = this.#events.takeLost();
    if (lost > 0) this.#log.warn("events were forgotten while the database could not be written", { count: lost });
  }
}
