import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Before a text that cannot be stored as it is. */
const ESCAPE = "\u0001";

/**
 * The runtime reads a text up to its first NUL, and what is no Unicode comes back as something else. Both may be sent
 * to us, and a chain of hashes has to find every character again; so such a text is stored as JSON, which has neither.
 */
export function encodeText(text: string): string {
  const isPlain = !text.startsWith(ESCAPE) && !text.includes("\0") && text.isWellFormed();
  return isPlain ? text : ESCAPE + JSON.stringify(text);
}

export function decodeText(stored: string): string {
  return stored.startsWith(ESCAPE) ? String(JSON.parse(stored.slice(ESCAPE.length))) : stored;
}

/** For `IN (SELECT value FROM json_each(?))`: one statement, however many texts there are. */
export function textSet(texts: readonly string[]): string {
  return JSON.stringify(texts.map(encodeText));
}

/** SQLite takes a negative limit for none. */
export function rowLimit(limit: number): number {
  return Math.max(0, Math.floor(limit));
}

/** The statements of one connection, each prepared once. */
export class Sql {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  first(text: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#prepared(text).get(...values.map(bound));
  }

  all(text: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#prepared(text).all(...values.map(bound));
  }

  /** Gives how many rows it has changed. */
  run(text: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepared(text).run(...values.map(bound)).changes);
  }

  #prepared(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

function bound(value: SQLInputValue): SQLInputValue {
  return typeof value === "string" ? encodeText(value) : value;
}
