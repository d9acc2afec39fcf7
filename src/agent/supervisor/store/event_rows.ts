import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../../core/mod.ts";
import type { NewProcessEvent, ProcessEvent } from "../../../protocol/mod.ts";
import { parsed } from "./kept_rows.ts";
import { eventOf } from "./row_checks.ts";
import type { EventLimits, EventQuery } from "./store.ts";

export const EVENTS_TABLE = "supervisor_events";

/** Events that wait for a database that cannot be written; of more, the oldest are lost. */
const MAX_PENDING = 1_000;
/** A reason is a sentence; what a probe or a program says of itself may be a book. */
const MAX_REASON_LENGTH = 1_000;
/** So many may be too many for a while: deleting each time a new one comes would cost several times the writing. */
const PRUNE_EVERY = 500;
/** Deleting so many takes some 8 ms. */
const MAX_PRUNED = 2_000;
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Beyond it is damage; far below what numbers can count to. */
const MAX_SEQ = 2 ** 52;
/** The wall clock may have been set back for a while, so an event that is too old does not mean that all before are. */
const MAX_TOO_OLD = 1_000;
/** Renumbering more than this would hold up the agent. */
const MAX_RENUMBERED = 100_000;

export interface Found {
  readonly events: ProcessEvent[];
  /** Rows that are not what an agent writes. */
  readonly unreadable: number;
}

/** The events of the database, and those that it does not have yet. */
export class EventRows {
  readonly #clock: Clock;
  #limits: EventLimits;
  #pending: ProcessEvent[] = [];
  #insert: StatementSync | null = null;
  /** Undefined until the database was read, or an event had to be numbered without it. */
  #lastSeq: number | undefined;
  #isGuessed = false;
  #lostSeq = 0;
  #lost = 0;
  #sincePrune = PRUNE_EVERY;
  #prunedMs = 0;

  constructor(clock: Clock, limits: EventLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get lastSeq(): number {
    return this.#lastSeq ?? 0;
  }

  /** How many were lost for lack of a database since this was last asked. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  setLimits(limits: EventLimits): void {
    this.#limits = limits;
    this.#sincePrune = PRUNE_EVERY;
  }

  add(event: NewProcessEvent): ProcessEvent {
    if (this.#lastSeq === undefined) {
      this.#lastSeq = this.#guess();
      this.#isGuessed = true;
    }
    const seq = ++this.#lastSeq;
    const reason = event.reason.slice(0, MAX_REASON_LENGTH).toWellFormed();
    const added: ProcessEvent = { seq, ...event, reason };
    this.#pending.push(added);
    if (this.#pending.length > MAX_PENDING) {
      this.#lostSeq = this.#pending.shift()?.seq ?? 0;
      this.#lost++;
    }
    return added;
  }

  opened(db: DatabaseSync, isReplaced: boolean): void {
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO ${EVENTS_TABLE} (seq, time_ms, process, data) VALUES (?, ?, ?, ?)`,
    );
    db.prepare(`DELETE FROM ${EVENTS_TABLE} WHERE seq NOT BETWEEN 1 AND ?`).run(MAX_SEQ);
    const stored = edgeOf(db, "max");
    if (this.#isGuessed && stored !== undefined) this.#renumber(db, stored);
    this.#isGuessed = false;
    if (this.#lastSeq === undefined && stored === undefined && isReplaced) this.#lastSeq = this.#guess();
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, stored ?? 0);
  }

  flush(db: DatabaseSync): void {
    for (const { seq, timeMs, process, ...rest } of this.#pending) {
      this.#insert?.run(seq, Math.round(timeMs), process, JSON.stringify(rest));
    }
    this.#sincePrune += this.#pending.length;
    const isDue = this.#clock.monotonicMs() - this.#prunedMs >= PRUNE_EVERY_MS;
    if (isDue || this.#sincePrune >= PRUNE_EVERY) this.#prune(db);
  }

  flushed(): void {
    this.#pending = [];
  }

  /** Those of the database, if there is one at hand, and those that wait for it; oldest first. */
  list(db: DatabaseSync | null, query: EventQuery): Found {
    const pending = this.#pending.filter((event) => isWanted(event, query));
    const stored = db === null ? { events: [], unreadable: 0 } : this.#stored(db, query);
    const events = [...stored.events, ...pending];
    const chosen = query.take === "earliest" ? events.slice(0, query.limit) : latest(events, query.limit);
    return { events: chosen, unreadable: stored.unreadable };
  }

  /** No event with this seq or a greater one has been forgotten. */
  completeFrom(db: DatabaseSync | null): number {
    const stored = db === null ? undefined : edgeOf(db, "min");
    const oldest = stored === undefined ? undefined : Math.max(stored, this.#oldestKept());
    return Math.max(oldest ?? this.#pending[0]?.seq ?? this.lastSeq + 1, this.#lostSeq + 1);
  }

  /** More than any seq that there was before, and less than any after a later mishap. */
  #guess(): number {
    return Math.round(this.#clock.nowMs());
  }

  /** The database is there after all: its events go before those that were numbered without it, without a gap. */
  #renumber(db: DatabaseSync, stored: number): void {
    const first = this.#pending[0]?.seq ?? this.lastSeq + 1;
    const distance = first - 1 - stored;
    const isFew = stored - (edgeOf(db, "min") ?? stored) < MAX_RENUMBERED;
    // More than this cannot be, or the rows would meet one another on the way.
    if (distance > MAX_RENUMBERED && isFew) {
      db.prepare(`UPDATE ${EVENTS_TABLE} SET seq = seq + ?`).run(distance);
    }
  }

  #oldestKept(): number {
    return this.lastSeq - this.#limits.maxCount + 1;
  }

  /**
   * Deletes the oldest that are too many, or too old up to the first that is not; of a great many only some at a time.
   * One of the future is as old as its clock was wrong. The newest stays in any case: the numbers go on from it.
   */
  #prune(db: DatabaseSync): void {
    const nowMs = Math.round(this.#clock.nowMs());
    const { changes } = db.prepare(`
      WITH oldest AS (SELECT seq, time_ms FROM ${EVENTS_TABLE} ORDER BY seq LIMIT ${MAX_PRUNED})
      DELETE FROM ${EVENTS_TABLE} WHERE seq < min(
        (SELECT max(seq) FROM oldest),
        max(?, coalesce((SELECT min(seq) FROM oldest WHERE time_ms BETWEEN ? AND ?), ?)))
    `).run(this.#oldestKept(), nowMs - this.#limits.maxAgeMs, nowMs + DAY_MS, this.lastSeq);
    this.#sincePrune = Number(changes) + 1 >= MAX_PRUNED ? PRUNE_EVERY : 0;
    this.#prunedMs = this.#clock.monotonicMs();
  }

  #stored(db: DatabaseSync, { after = 0, sinceMs = 0, process, limit, take }: EventQuery): Found {
    const ofProcess = process === undefined ? "" : "AND process = ?";
    // By rowid, which seq is: by the name it would be sorted by the cast value, all of the table first.
    const statement = db.prepare(`
      SELECT CAST(seq AS REAL) AS seq, CAST(time_ms AS REAL) AS time_ms, process, data FROM ${EVENTS_TABLE}
      WHERE seq > ? ${ofProcess} ORDER BY rowid ${take === "earliest" ? "ASC" : "DESC"}
    `);
    const afterSeq = Math.max(after, this.#oldestKept() - 1, 0);
    const rows = statement.iterate(...(process === undefined ? [afterSeq] : [afterSeq, process]));
    const events: ProcessEvent[] = [];
    let unreadable = 0;
    let tooOld = 0;
    for (const { seq, time_ms, process, data } of rows) {
      const event = eventOf(seq, time_ms, process, parsed(data));
      if (event === null) unreadable++;
      else if (event.timeMs < sinceMs) tooOld++;
      else if (events.push(event)) tooOld = 0;
      if (events.length >= limit || (take !== "earliest" && tooOld >= MAX_TOO_OLD)) break;
    }
    return { events: take === "earliest" ? events : events.reverse(), unreadable };
  }
}

function isWanted(event: ProcessEvent, { after = 0, sinceMs = 0, process = event.process }: EventQuery): boolean {
  return event.seq > after && event.timeMs >= sinceMs && event.process === process;
}

function latest(events: readonly ProcessEvent[], limit: number): ProcessEvent[] {
  return events.slice(Math.max(0, events.length - limit));
}

function edgeOf(db: DatabaseSync, edge: "min" | "max"): number | undefined {
  const row = db.prepare(`SELECT CAST(${edge}(seq) AS REAL) AS seq FROM ${EVENTS_TABLE}`).get();
  return typeof row?.["seq"] === "number" ? row["seq"] : undefined;
}
