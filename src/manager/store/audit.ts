import type { AuditEntry } from "../../protocol/mod.ts";
import type { Access } from "./access.ts";
import { Conditions } from "./conditions.ts";
import type { AuditStore } from "./contract.ts";
import { refused } from "./failures.ts";
import { type Row, rowLimit, type Sql } from "./sql.ts";

const INSERT = "INSERT INTO audit (seq, time_ms, actor, action, host_id, data) VALUES (?, ?, ?, ?, ?, ?)";

export function auditStore({ read, write }: Access): AuditStore {
  return {
    last: () => read((sql) => entryOf(sql.first("SELECT data FROM audit ORDER BY seq DESC LIMIT 1"))),
    append: (entries) => write((sql) => append(sql, entries)),
    list: ({ before, limit, actor, action, hostId, sinceMs }) =>
      read((sql) => {
        const conditions = new Conditions()
          .add("seq < ?", before)
          .add("actor = ?", actor)
          .add("action = ?", action)
          .add("host_id = ?", hostId)
          // Otherwise SQLite would look through all that is older, or sort all that is newer.
          .add("seq >= (SELECT min(+seq) FROM audit WHERE time_ms >= ?)", sinceMs)
          .add("+time_ms >= ?", sinceMs);
        const statement = `SELECT data FROM audit ${conditions.where} ORDER BY seq DESC LIMIT ?`;
        return entriesOf(sql.all(statement, ...conditions.values, rowLimit(limit)));
      }),
    walk: (afterSeq, limit) =>
      read((sql) =>
        entriesOf(sql.all("SELECT data FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", afterSeq, rowLimit(limit)))
      ),
  };
}

function append(sql: Sql, entries: readonly AuditEntry[]): void {
  let last = Number(sql.first("SELECT max(seq) AS seq FROM audit")?.["seq"] ?? 0);
  for (const entry of entries) {
    const { seq, timeMs, actor, action, hostId } = entry;
    if (seq !== last + 1) {
      const message = `Cannot append the audit entry ${seq}: the last one is ${last}; build on that`;
      throw refused("conflict", message, { field: "seq" });
    }
    last = seq;
    sql.run(INSERT, seq, timeMs, actor, action, hostId ?? null, JSON.stringify(entry));
  }
}

function entriesOf(rows: readonly Row[]): AuditEntry[] {
  return rows.map(({ data }): AuditEntry => JSON.parse(String(data)));
}

function entryOf(row: Row | undefined): AuditEntry | null {
  return row === undefined ? null : entriesOf([row])[0] ?? null;
}
