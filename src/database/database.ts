import type { DatabaseSync } from "node:sqlite";
import { type Clock, messageOf } from "../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../log/mod.ts";
import { type DatabaseFile, type FileSchema, openFile, placeOf } from "./database_file.ts";
import { rollBack } from "./migrations.ts";
import { moveAside } from "./move_aside.ts";
import { CorruptError, type Trouble, troubleOf } from "./trouble.ts";

/** Who has tables in the database: keeps in memory what is not written yet, and can write all of it at any time. */
export interface DatabaseUser {
  readonly schema: FileSchema;
  /**
   * A file is open: for the first time, or another one than before, which lacks what was written before. `isReplaced`:
   * a damaged one has been moved aside since the start.
   */
  opened(db: DatabaseSync, isReplaced: boolean): void;
  /** Takes what it can out of a damaged file, of these tables. The next file is opened as one that lacks all. */
  salvage(db: DatabaseSync, tables: readonly string[]): void;
  /** Writes all that is not written yet, within a transaction. It may be asked to do the same again. */
  flush(db: DatabaseSync): void;
  /** What the last flush wrote is there. */
  flushed(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  readonly user: DatabaseUser;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when the database is of no use, each time the reason changes, and with null when it is of use again. */
  readonly onTrouble: (reason: string | null) => void;
}

const RETRY_MS = 5_000;
/** How often it is made sure that the file is still where the next agent will look for it. */
const PLACE_CHECK_MS = 5_000;

/**
 * A SQLite file that may be damaged, locked, full, gone or out of reach at any time without anybody being disturbed:
 * nothing here throws, and what could not be written is written when it can be. It knows nothing of whose it is.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #state: StateLog;
  readonly #ended = new AbortController();
  #file: DatabaseFile | null = null;
  #trouble: Trouble | null = null;
  #told: string | null = null;
  #isReplaced = false;
  #placeCheckedMs = 0;
  #isTrying = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#state = createStateLog(options.log, options.clock, "the database");
  }

  /** Opens the file, or makes it, unless that has failed lately. What could be saved of a damaged one is written. */
  open(): void {
    if (this.#file === null) this.flush(true);
  }

  /** Has the user's changes written. With `durably` they survive a power cut too, once this has returned. */
  flush(durably = false): void {
    if (this.#isUsable()) this.#attempt((db) => this.#write(db, durably));
  }

  /** Undefined when the file is not open or cannot be read. */
  read<T>(look: (db: DatabaseSync) => T): T | undefined {
    if (this.#file === null) return undefined;
    try {
      return look(this.#file.db);
    } catch (error) {
      const trouble = troubleOf(error, this.#options.path);
      this.#options.log.warn("the database could not be read", { reason: trouble.reason });
      this.#cleared(trouble);
      // Nobody may write for long, and what is still known in memory belongs into the new file.
      if (trouble.kind === "corrupt") this.#attempt((db) => this.#write(db, true));
      return undefined;
    }
  }

  /** Tries for a last time to write what is not written, and lets go of the file. */
  close(): void {
    if (this.#ended.signal.aborted) return;
    if (this.#trouble !== null) this.#tryAgain();
    this.#ended.abort();
    this.#shut();
  }

  #isUsable(): boolean {
    return this.#trouble === null && !this.#ended.signal.aborted;
  }

  /** A damaged file is replaced and one that has become strange is opened anew, once; all else has to wait. */
  #attempt(act: (db: DatabaseSync) => void): void {
    for (const isLast of [false, true]) {
      try {
        act(this.#opened());
        return this.#works();
      } catch (error) {
        const trouble = this.#cleared(troubleOf(error, this.#options.path));
        const isSettled = trouble.kind === "corrupt" || trouble.kind === "rejected";
        if (isLast || !isSettled) return this.#failed(trouble);
      }
    }
  }

  /** Gets what cannot go on being used out of the way; the trouble that remains may be another. */
  #cleared(trouble: Trouble): Trouble {
    if (trouble.kind === "rejected") this.#shut();
    if (trouble.kind !== "corrupt") return trouble;
    const { path, clock, log } = this.#options;
    this.#shut();
    try {
      const moved = moveAside(path, clock.nowMs());
      this.#isReplaced = true;
      log.error("the database was damaged; it is begun anew", { reason: trouble.reason, moved });
      this.#tell(`The database ${path} was damaged and is kept as ${moved}; what had happened before is forgotten`);
      return trouble;
    } catch (error) {
      const { reason } = troubleOf(error, path);
      return { kind: "unwritable", reason: `${trouble.reason}; and it cannot be moved aside: ${reason}` };
    }
  }

  #opened(): DatabaseSync {
    if (this.#file !== null && this.#isInPlace(this.#file)) return this.#file.db;
    this.#shut();
    const { path, user } = this.#options;
    let file: DatabaseFile | undefined;
    try {
      file = openFile(path, { parts: [user.schema], salvage: (db, tables) => user.salvage(db, tables) });
      user.opened(file.db, this.#isReplaced);
    } catch (error) {
      file?.db.close();
      const trouble = troubleOf(error, path);
      // A file whose tables are not what its own version says is as useless as one that cannot be read.
      throw trouble.kind === "rejected" ? new CorruptError(messageOf(error)) : error;
    }
    this.#file = file;
    this.#placeCheckedMs = this.#options.clock.monotonicMs();
    return file.db;
  }

  /** A file that was deleted, or whose directory was, takes all that is written, and nobody will ever read it. */
  #isInPlace({ place }: DatabaseFile): boolean {
    const { path, clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#placeCheckedMs < PLACE_CHECK_MS) return true;
    this.#placeCheckedMs = nowMs;
    if (placeOf(path) === place) return true;
    log.warn("the database was deleted or replaced while in use; it is written anew", { path });
    return false;
  }

  #write(db: DatabaseSync, durably: boolean): void {
    const { user } = this.#options;
    if (durably) db.exec("PRAGMA synchronous = FULL");
    try {
      db.exec("BEGIN IMMEDIATE");
      user.flush(db);
      db.exec("COMMIT");
    } catch (error) {
      rollBack(db);
      throw error;
    } finally {
      if (durably) db.exec("PRAGMA synchronous = NORMAL");
    }
    user.flushed();
  }

  #works(): void {
    this.#trouble = null;
    this.#state.recovered();
    this.#tell(null);
  }

  #failed(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#state.failed(trouble.reason);
    this.#tell(trouble.reason);
    if (!this.#isTrying) void this.#keepTrying();
  }

  #tell(reason: string | null): void {
    if (this.#told === reason) return;
    this.#told = reason;
    this.#options.onTrouble(reason);
  }

  async #keepTrying(): Promise<void> {
    this.#isTrying = true;
    // What a newer agent has written does not get older by waiting.
    while (this.#trouble !== null && this.#trouble.kind !== "newer" && !this.#ended.signal.aborted) {
      await this.#options.clock.sleep(RETRY_MS, this.#ended.signal).catch(() => {}); // closed, which ends the loop
      if (!this.#ended.signal.aborted) this.#tryAgain();
    }
    this.#isTrying = false;
  }

  #tryAgain(): void {
    // What could not be written for lack of rights stays so for as long as it is open.
    if (this.#trouble?.kind !== "full" && this.#trouble?.kind !== "busy") this.#shut();
    if (this.#trouble?.kind !== "newer") this.#attempt((db) => this.#write(db, true));
  }

  #shut(): void {
    const file = this.#file;
    this.#file = null;
    try {
      file?.db.close();
    } catch (error) {
      this.#options.log.warn("the database could not be closed", { error });
    }
  }
}
