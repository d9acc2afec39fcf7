import type { DatabaseSync, StatementSync } from "node:sqlite";

interface Statements {
  readonly save: StatementSync;
  readonly drop: StatementSync;
  readonly clear: StatementSync;
}

/**
 * A small table that is wholly in memory too, from where it is read: what can be asked for never depends on the disk.
 * What memory has is right, whatever file is found later; only the first file is read.
 */
export class KeptRows<T extends { readonly id: string }> {
  readonly table: string;
  readonly #check: (value: unknown) => T | null;
  readonly #onUnreadable: (table: string, count: number) => void;
  readonly #rows = new Map<string, T>();
  /** Ids of what was saved or dropped and is not written yet. */
  readonly #unwritten = new Set<string>();
  #statements: Statements | null = null;
  #isLoaded = false;
  #mustWriteAll = false;

  /** `check` makes a row of whatever the file has, or null; how many were null is told to `onUnreadable`. */
  constructor(
    table: string,
    check: (value: unknown) => T | null,
    onUnreadable: (table: string, count: number) => void,
  ) {
    this.table = table;
    this.#check = check;
    this.#onUnreadable = onUnreadable;
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  save(row: T): void {
    this.#rows.set(row.id, row);
    this.#unwritten.add(row.id);
  }

  /** Whether there was one. Even if not: a file that could not be read so far may have it. */
  drop(id: string): boolean {
    const wasThere = this.#rows.delete(id);
    if (wasThere || !this.#isLoaded) this.#unwritten.add(id);
    return wasThere;
  }

  opened(db: DatabaseSync): void {
    this.#statements = {
      save: db.prepare(
        `INSERT INTO ${this.table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
      ),
      drop: db.prepare(`DELETE FROM ${this.table} WHERE id = ?`),
      clear: db.prepare(`DELETE FROM ${this.table}`),
    };
    if (this.#isLoaded) this.#mustWriteAll = true;
    else this.#load(db);
  }

  /** What of it can be read is known from now on, and belongs into the next file. */
  salvage(db: DatabaseSync): void {
    if (!this.#isLoaded) this.#load(db);
  }

  flush(): void {
    if (this.#mustWriteAll) this.#statements?.clear.run();
    for (const id of this.#mustWriteAll ? this.#rows.keys() : this.#unwritten) {
      const row = this.#rows.get(id);
      if (row === undefined) this.#statements?.drop.run(id);
      else this.#statements?.save.run(id, JSON.stringify(row));
    }
  }

  flushed(): void {
    this.#mustWriteAll = false;
    this.#unwritten.clear();
  }

  #load(db: DatabaseSync): void {
    let unreadable = 0;
    for (const { id, data } of db.prepare(`SELECT id, data FROM ${this.table}`).all()) {
      const row = this.#check(parsed(data));
      if (row === null || row.id !== id) unreadable++;
      else if (!this.#rows.has(row.id) && !this.#unwritten.has(row.id)) this.#rows.set(row.id, row);
    }
    this.#isLoaded = true;
    if (unreadable > 0) this.#onUnreadable(this.table, unreadable);
  }
}

/** Undefined for what is not JSON, which no check takes for a row. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
