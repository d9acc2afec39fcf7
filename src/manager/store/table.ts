import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import { decodeText, type Row, type Sql } from "./sql.ts";

/** How a field of a record stands in its column. */
export interface Column<T> {
  write(value: T): SQLInputValue;
  read(stored: SQLOutputValue): T;
}

/** The column of a field has its name, in snake_case. */
export type Columns<R> = { readonly [Field in keyof R]-?: Column<R[Field]> };

export const text = <T extends string>(): Column<T> => ({
  write: (value) => value,
  // The rows are our own; what the schema does not hold to is not checked a second time.
  read: (stored) => decodeText(String(stored)) as T,
});

export const number: Column<number> = { write: (value) => value, read: Number };

export const flag: Column<boolean> = { write: (value) => value ? 1 : 0, read: (stored) => stored !== 0 };

export const json = <T>(): Column<T> => ({
  write: (value) => JSON.stringify(value),
  read: (stored) => JSON.parse(String(stored)),
});

export function nullable<T>(column: Column<T>): Column<T | null> {
  return {
    write: (value) => value === null ? null : column.write(value),
    read: (stored) => stored === null ? null : column.read(stored),
  };
}

/** For a field that may be absent. */
export function optional<T>(column: Column<T>): Column<T | undefined> {
  return {
    write: (value) => value === undefined ? null : column.write(value),
    read: (stored) => stored === null ? undefined : column.read(stored),
  };
}

interface Entry {
  readonly field: string;
  readonly name: string;
  readonly column: Column<unknown>;
}

/** The records of one kind as the rows of a table. Conditions are SQL from `WHERE` on. */
export class Table<R extends object> {
  readonly #name: string;
  readonly #entries: readonly Entry[];
  readonly #select: string;
  readonly #insert: string;

  constructor(name: string, columns: Columns<R>) {
    this.#name = name;
    const entries: Entry[] = [];
    for (const field in columns) entries.push({ field, name: columnName(field), column: columns[field] });
    const names = entries.map((entry) => `"${entry.name}"`);
    this.#entries = entries;
    this.#select = `SELECT ${names.join(", ")} FROM ${name}`;
    this.#insert = `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  }

  /** `rest` goes on with the statement, as `ON CONFLICT` does. */
  insert(sql: Sql, record: R, rest = ""): void {
    const values = this.#entries.map(({ field, column }) => column.write(Reflect.get(record, field)));
    sql.run(`${this.#insert} ${rest}`, ...values);
  }

  find(sql: Sql, condition: string, ...values: readonly SQLInputValue[]): R | null {
    const row = sql.first(`${this.#select} ${condition}`, ...values);
    return row === undefined ? null : this.#read(row);
  }

  list(sql: Sql, condition: string, ...values: readonly SQLInputValue[]): R[] {
    return sql.all(`${this.#select} ${condition}`, ...values).map((row) => this.#read(row));
  }

  /** Sets the fields that `change` has; gives how many rows meet the condition. */
  change(sql: Sql, change: Partial<R>, condition: string, ...values: readonly SQLInputValue[]): number {
    const set = this.#entries.filter(({ field }) => Reflect.get(change, field) !== undefined);
    if (set.length === 0) return sql.all(`SELECT 1 FROM ${this.#name} ${condition}`, ...values).length;
    const assignments = set.map(({ name }) => `"${name}" = ?`).join(", ");
    const written = set.map(({ field, column }) => column.write(Reflect.get(change, field)));
    return sql.run(`UPDATE ${this.#name} SET ${assignments} ${condition}`, ...written, ...values);
  }

  /** Throws where the file's table is another one than this program's. */
  check(sql: Sql): void {
    sql.first(`${this.#select} LIMIT 0`);
  }

  #read(row: Row): R {
    const record: Record<string, unknown> = {};
    for (const { field, name, column } of this.#entries) {
      const value = column.read(row[name] ?? null);
      if (value !== undefined) record[field] = value;
    }
    // It has a field for each of `Columns<R>`, which has one for each of R.
    return record as R;
  }
}

function columnName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
