import type { Access } from "./access.ts";
import type { JoinTokenRecord, JoinTokenStore } from "./contract.ts";
import { flag, json, number, Table, text } from "./table.ts";

export const JOIN_TOKENS = new Table<JoinTokenRecord>("join_tokens", {
  id: text(),
  hash: text(),
  name: text(),
  createdMs: number,
  createdBy: text(),
  expiresMs: number,
  maxUses: number,
  uses: number,
  labels: json(),
  revoked: flag,
});

export function joinTokenStore({ read, write }: Access): JoinTokenStore {
  return {
    add: (token) => write((sql) => JOIN_TOKENS.insert(sql, token)),
    byHash: (hash) => read((sql) => JOIN_TOKENS.find(sql, "WHERE hash = ?", hash)),
    all: () => read((sql) => JOIN_TOKENS.list(sql, "ORDER BY n")),
    use: (hash, nowMs) =>
      write((sql) => {
        const isGood = sql.run(
          `UPDATE join_tokens SET uses = uses + 1
          WHERE hash = ? AND revoked = 0 AND expires_ms > ? AND uses < max_uses`,
          hash,
          nowMs,
        ) > 0;
        return isGood ? JOIN_TOKENS.find(sql, "WHERE hash = ?", hash) : null;
      }),
    revoke: (id) => write((sql) => sql.run("UPDATE join_tokens SET revoked = 1 WHERE id = ?", id) > 0),
    removeExpired: (beforeMs) => write((sql) => sql.run("DELETE FROM join_tokens WHERE expires_ms < ?", beforeMs)),
  };
}
