import type { SQLInputValue } from "node:sqlite";

/** The `WHERE` of a question in which any part may be left out. */
export class Conditions {
  readonly #terms: string[] = [];
  readonly values: SQLInputValue[] = [];

  /** Left out where a value is undefined. The term has a `?` for each. */
  add(term: string, ...values: readonly (SQLInputValue | undefined)[]): this {
    const given = values.filter((value) => value !== undefined);
    if (given.length < values.length) return this;
    this.#terms.push(term);
    this.values.push(...given);
    return this;
  }

  get where(): string {
    return this.#terms.length === 0 ? "" : `WHERE ${this.#terms.join(" AND ")}`;
  }
}
