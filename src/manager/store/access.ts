import type { Sql } from "./sql.ts";

/** How the parts of the store get at the database. */
export interface Access {
  /** Looks at what is committed. */
  read<T>(look: (sql: Sql) => T): Promise<T>;
  /** Is done within the next transaction, all of it or nothing, and answers when that is safe. It may not wait for anything. */
  write<T>(act: (sql: Sql) => T): Promise<T>;
}

/** Deleting so many takes a few milliseconds, during which nothing else happens. */
const MAX_FORGOTTEN_AT_ONCE = 500;

/** Deletes by parts, between which others get their turn; `forget` is told how many it may, and gives how many it did. */
export async function forgetByParts(access: Access, forget: (sql: Sql, atMost: number) => number): Promise<number> {
  let sum = 0;
  while (true) {
    const count = await access.write((sql) => forget(sql, MAX_FORGOTTEN_AT_ONCE));
    sum += count;
    if (count < MAX_FORGOTTEN_AT_ONCE) return sum;
  }
}
