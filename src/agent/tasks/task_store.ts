import type { DatabaseSync } from "node:sqlite";
import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import { type DatabaseFile, type FileSchema, moveAside, openFile, placeOf, troubleOf } from "../../database/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { TaskDelivery, TaskResult } from "../../protocol/mod.ts";
import { deliveryOf, resultOf } from "./row_checks.ts";

/** `told`: the manager has the result; only the key is of use from then on. */
export type TaskState = "accepted" | "running" | "ended" | "told";

export interface TaskRow {
  readonly delivery: TaskDelivery;
  readonly state: TaskState;
  readonly deliveredMs: number;
  readonly startedMs: number | null;
  readonly result: TaskResult | null;
}

export interface TaskStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const TABLE = "tasks_kept";
const LOSSES = "tasks_losses";
/** Times as REAL: the runtime hands out large whole numbers otherwise. */
const COLUMNS =
  "id, state, CAST(delivered_ms AS REAL) AS delivered_ms, CAST(started_ms AS REAL) AS started_ms, delivery, result";

const SCHEMA: FileSchema = {
  part: "tasks",
  smallTables: [TABLE, LOSSES],
  migrations: [`
    CREATE TABLE ${TABLE} (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL CHECK (state IN ('accepted', 'running', 'ended', 'told')),
      delivered_ms INTEGER NOT NULL,
      started_ms INTEGER,
      delivery TEXT NOT NULL,
      result TEXT
    ) STRICT;
    CREATE INDEX tasks_by_time ON ${TABLE} (delivered_ms);
    CREATE INDEX tasks_open ON ${TABLE} (state) WHERE state <> 'told';
    CREATE TABLE ${LOSSES} (time_ms INTEGER PRIMARY KEY) STRICT;
  `],
};

const DAY_MS = 86_400_000;
/** A manager does not deliver again what it has not heard of for so long. */
const REMEMBERED_MS = 30 * DAY_MS;
/** Beyond it the oldest keys are forgotten, however young. */
const MAX_KEYS = 50_000;
/** The latest are remembered however old they seem: the wall clock may be wrong. */
const MIN_KEYS = 1_000;
const TRIM_EVERY = 100;

/**
 * The file with every task that was delivered. What a method has changed survives a power cut once it has returned, and
 * each throws `unavailable` where that cannot be had: then the task must not begin.
 */
export class TaskStore {
  readonly #options: TaskStoreOptions;
  #file: DatabaseFile | null = null;
  #sinceTrim = TRIM_EVERY;

  constructor(options: TaskStoreOptions) {
    this.#options = options;
  }

  get exists(): boolean {
    try {
      return Deno.lstatSync(this.#options.path).isFile;
    } catch {
      return false; // it is not there, or cannot be used, which whoever needs it is told
    }
  }

  get(id: string): TaskRow | null {
    return this.#do((db) => {
      const row = db.prepare(`SELECT ${COLUMNS} FROM ${TABLE} WHERE id = ?`).get(id);
      return row === undefined ? null : rowOf(row);
    });
  }

  /** Of those whose result the manager does not have, oldest first. */
  open(): TaskRow[] {
    return this.#do((db) =>
      db.prepare(`SELECT ${COLUMNS} FROM ${TABLE} WHERE state <> 'told' ORDER BY delivered_ms, rowid`).all()
        .flatMap((row) => rowOf(row) ?? [])
    );
  }

  add(delivery: TaskDelivery, deliveredMs: number): void {
    this.#do((db) => {
      this.#trim(db, deliveredMs);
      db.prepare(`INSERT INTO ${TABLE} (id, state, delivered_ms, delivery) VALUES (?, 'accepted', ?, ?)`)
        .run(delivery.id, Math.round(deliveredMs), JSON.stringify(delivery));
    });
  }

  begin(id: string, startedMs: number): void {
    this.#do((db) =>
      db.prepare(`UPDATE ${TABLE} SET state = 'running', started_ms = ? WHERE id = ?`).run(Math.round(startedMs), id)
    );
  }

  end(result: TaskResult): void {
    this.#do((db) =>
      db.prepare(`UPDATE ${TABLE} SET state = 'ended', result = ? WHERE id = ?`).run(JSON.stringify(result), result.id)
    );
  }

  /** The manager has it: what it was, and what it has printed, need not be kept any more. */
  told(result: TaskResult): void {
    const short = { ...result, output: "", truncated: result.truncated || result.output !== "" };
    this.#do((db) =>
      db.prepare(
        `UPDATE ${TABLE} SET state = 'told', result = ?, delivery = json_remove(delivery, '$.operation.body') WHERE id = ?`,
      ).run(JSON.stringify(short), result.id)
    );
  }

  /** Whether keys that should be remembered were lost with a damaged file. */
  hasLost(nowMs: number): boolean {
    return this.#do((db) =>
      db.prepare(`SELECT 1 FROM ${LOSSES} WHERE time_ms > ?`).get(Math.round(nowMs) - REMEMBERED_MS) !== undefined
    );
  }

  close(): void {
    this.#file?.db.close();
    this.#file = null;
  }

  #do<T>(act: (db: DatabaseSync) => T): T {
    try {
      // A file that was deleted takes all that is written, and nobody will ever read it.
      if (this.#file !== null && placeOf(this.#options.path) !== this.#file.place) this.#drop();
      this.#file ??= this.#open();
      return act(this.#file.db);
    } catch (error) {
      const trouble = troubleOf(error, this.#options.path);
      // What is open and strange, or cannot be written for lack of rights, stays so.
      if (trouble.kind !== "full" && trouble.kind !== "busy") this.#drop();
      throw new AppError("unavailable", trouble.reason, { retryable: true, cause: error });
    }
  }

  #drop(): void {
    try {
      this.close();
    } catch (error) {
      this.#file = null;
      this.#options.log.warn("the database of tasks could not be closed", { reason: messageOf(error) });
    }
  }

  #open(): DatabaseFile {
    const { path } = this.#options;
    const saved: Saved = { rows: null };
    try {
      return durable(openFile(path, { parts: [SCHEMA], salvage: (db, tables) => salvage(db, tables, saved) }));
    } catch (error) {
      if (troubleOf(error, path).kind !== "corrupt") throw error;
      return this.#replace(saved, messageOf(error));
    }
  }

  /** A damaged file is begun anew with what could be read of it; that it could not be read is on record. */
  #replace({ rows }: Saved, reason: string): DatabaseFile {
    const { path, clock, log } = this.#options;
    const moved = moveAside(path, clock.nowMs());
    log.error("the database of tasks was damaged; it is begun anew", { reason, moved, kept: rows?.length ?? 0 });
    const file = durable(openFile(path, { parts: [SCHEMA] }));
    const insert = file.db.prepare(
      `INSERT OR IGNORE INTO ${TABLE} (id, state, delivered_ms, started_ms, delivery, result) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    for (const { id, state, delivered_ms, started_ms, delivery, result } of rows ?? []) {
      insert.run(id ?? "", state ?? "", delivered_ms ?? 0, started_ms ?? null, delivery ?? "", result ?? null);
    }
    if (rows === null) {
      file.db.prepare(`INSERT OR IGNORE INTO ${LOSSES} (time_ms) VALUES (?)`).run(Math.round(clock.nowMs()));
    }
    return file;
  }

  #trim(db: DatabaseSync, nowMs: number): void {
    if (++this.#sinceTrim < TRIM_EVERY) return;
    this.#sinceTrim = 0;
    const oldest = (keep: number) =>
      `(SELECT delivered_ms FROM ${TABLE} ORDER BY delivered_ms DESC LIMIT 1 OFFSET ${keep})`;
    db.prepare(`
      DELETE FROM ${TABLE} WHERE state = 'told' AND (
        delivered_ms <= ${oldest(MAX_KEYS)} OR (delivered_ms < ? AND delivered_ms <= ${oldest(MIN_KEYS)}))
    `).run(Math.round(nowMs) - REMEMBERED_MS);
    db.prepare(`DELETE FROM ${LOSSES} WHERE time_ms < ?`).run(Math.round(nowMs) - REMEMBERED_MS);
  }
}

/** Nothing may be begun of which a power cut could take the record. */
function durable(file: DatabaseFile): DatabaseFile {
  file.db.exec("PRAGMA synchronous = FULL");
  return file;
}

/** Rows as they are in a damaged file; null when they cannot be read. */
interface Saved {
  rows: Record<string, string | number | null>[] | null;
}

function salvage(db: DatabaseSync, tables: readonly string[], saved: Saved): void {
  if (!tables.includes(TABLE)) return;
  const rows = db.prepare(`SELECT ${COLUMNS} FROM ${TABLE}`).all().filter((row) => rowOf(row) !== null);
  saved.rows = rows as Record<string, string | number | null>[]; // sound: rowOf has looked at them
}

/** Null for a row that is not what an agent writes. */
function rowOf(row: Readonly<Record<string, unknown>>): TaskRow | null {
  const { state, delivered_ms: deliveredMs, started_ms: startedMs } = row;
  const delivery = deliveryOf(row["delivery"]);
  const result = row["result"] === null ? null : resultOf(row["result"]);
  const isState = state === "accepted" || state === "running" || state === "ended" || state === "told";
  if (delivery === null || delivery.id !== row["id"] || !isState || typeof deliveredMs !== "number") return null;
  return { delivery, state, deliveredMs, startedMs: typeof startedMs === "number" ? startedMs : null, result };
}
