import type { Access } from "./access.ts";
import type { ApiTokenRecord, ApiTokenStore, SessionRecord, SessionStore } from "./contract.ts";
import { number, optional, Table, text } from "./table.ts";

export const SESSIONS = new Table<SessionRecord>("sessions", {
  id: text(),
  hash: text(),
  userId: text(),
  csrf: text(),
  createdMs: number,
  expiresMs: number,
  lastSeenMs: number,
  address: text(),
  userAgent: text(),
});

export function sessionStore({ read, write }: Access): SessionStore {
  return {
    add: (session) => write((sql) => SESSIONS.insert(sql, session)),
    byHash: (hash) => read((sql) => SESSIONS.find(sql, "WHERE hash = ?", hash)),
    ofUser: (userId) => read((sql) => SESSIONS.list(sql, "WHERE user_id = ? ORDER BY n", userId)),
    seen: (id, lastSeenMs, expiresMs) =>
      write((sql) => void SESSIONS.change(sql, { lastSeenMs, expiresMs }, "WHERE id = ?", id)),
    remove: (id) => write((sql) => sql.run("DELETE FROM sessions WHERE id = ?", id) > 0),
    removeOthers: (userId, exceptId) =>
      write((sql) => sql.run("DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?", userId, exceptId)),
    removeExpired: (beforeMs) => write((sql) => sql.run("DELETE FROM sessions WHERE expires_ms < ?", beforeMs)),
  };
}

export const API_TOKENS = new Table<ApiTokenRecord>("api_tokens", {
  id: text(),
  hash: text(),
  name: text(),
  userId: text(),
  role: text(),
  scope: text(),
  createdMs: number,
  expiresMs: optional(number),
  lastUsedMs: optional(number),
});

export function apiTokenStore({ read, write }: Access): ApiTokenStore {
  return {
    add: (token) => write((sql) => API_TOKENS.insert(sql, token)),
    byHash: (hash) => read((sql) => API_TOKENS.find(sql, "WHERE hash = ?", hash)),
    all: () => read((sql) => API_TOKENS.list(sql, "ORDER BY n")),
    used: (id, lastUsedMs) => write((sql) => void API_TOKENS.change(sql, { lastUsedMs }, "WHERE id = ?", id)),
    remove: (id) => write((sql) => sql.run("DELETE FROM api_tokens WHERE id = ?", id) > 0),
  };
}
