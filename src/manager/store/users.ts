import type { Access } from "./access.ts";
import type { UserRecord, UserStore } from "./contract.ts";
import { refused } from "./failures.ts";
import type { Sql } from "./sql.ts";
import { flag, number, optional, Table, text } from "./table.ts";

export const USERS = new Table<UserRecord>("users", {
  id: text(),
  name: text(),
  role: text(),
  scope: text(),
  disabled: flag,
  createdMs: number,
  lastLoginMs: optional(number),
  passwordHash: text(),
});

export function userStore({ read, write }: Access): UserStore {
  return {
    add: (user) => write((sql) => USERS.insert(sql, user)),
    get: (id) => read((sql) => USERS.find(sql, "WHERE id = ?", id)),
    byName: (name) => read((sql) => USERS.find(sql, "WHERE name = ?", name)),
    all: () => read((sql) => USERS.list(sql, "ORDER BY n")),
    change: (id, change) =>
      write((sql) => {
        const before = USERS.find(sql, "WHERE id = ?", id);
        if (before === null) return false;
        const { role = before.role, disabled = before.disabled } = change;
        if (!isActiveAdmin({ role, disabled })) keepAnAdmin(sql, before);
        USERS.change(sql, change, "WHERE id = ?", id);
        return true;
      }),
    remove: (id) =>
      write((sql) => {
        const before = USERS.find(sql, "WHERE id = ?", id);
        if (before === null) return false;
        keepAnAdmin(sql, before);
        // Their sessions and API tokens go with them, by the schema.
        return sql.run("DELETE FROM users WHERE id = ?", id) > 0;
      }),
  };
}

function isActiveAdmin({ role, disabled }: Pick<UserRecord, "role" | "disabled">): boolean {
  return role === "admin" && !disabled;
}

/** Without one nobody could ever make another. Whoever comes second of two that go at the same time is refused. */
function keepAnAdmin(sql: Sql, leaving: UserRecord): void {
  if (!isActiveAdmin(leaving)) return;
  const other = "SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0 AND id <> ? LIMIT 1";
  if (sql.first(other, leaving.id) !== undefined) return;
  const message = `Cannot take the admin's rights from ${leaving.name}: nobody else has them; make another admin first`;
  throw refused("conflict", message, { rule: "last_admin" });
}
