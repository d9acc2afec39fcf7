import { AppError } from "../../../src/core/mod.ts";
import type {
  ApiTokenStore,
  JoinTokenStore,
  SessionStore,
  UserRecord,
  UserStore,
} from "../../../src/manager/store/contract.ts";
import { add, answer, find, put, removeWhere, type Tables } from "./tables.ts";

const isActiveAdmin = ({ role, disabled }: UserRecord): boolean => role === "admin" && !disabled;

export function memoryUsers({ users, sessions, apiTokens }: Tables): UserStore {
  const refuseLastAdmin = (before: UserRecord, after: UserRecord | null): void => {
    if (!isActiveAdmin(before) || (after !== null && isActiveAdmin(after))) return;
    if (find(users, (user) => user.id !== before.id && isActiveAdmin(user)) !== null) return;
    throw new AppError("conflict", "This is the last admin", { details: { rule: "last_admin" } });
  };
  return {
    add: (user) => answer(() => add(users, user, ["name"])),
    get: (id) => answer(() => users.get(id) ?? null),
    byName: (wanted) => answer(() => find(users, ({ name }) => name === wanted)),
    all: () => answer(() => [...users.values()]),
    change: (id, change) =>
      answer(() => {
        const before = users.get(id);
        if (before === undefined) return false;
        const after = { ...before, ...change };
        refuseLastAdmin(before, after);
        put(users, after, ["name"]);
        return true;
      }),
    remove: (id) =>
      answer(() => {
        const before = users.get(id);
        if (before === undefined) return false;
        refuseLastAdmin(before, null);
        removeWhere(sessions, ({ userId }) => userId === id);
        removeWhere(apiTokens, ({ userId }) => userId === id);
        return users.delete(id);
      }),
  };
}

/** What is taken is said first, as a database says it. */
function addToUser<T extends { readonly id: string; readonly hash: string; readonly userId: string }>(
  { users }: Tables,
  rows: Map<string, T>,
  row: T,
): void {
  add(rows, row, ["hash"]);
  if (users.has(row.userId)) return;
  rows.delete(row.id);
  throw new AppError("not_found", "There is no such user");
}

export function memorySessions(tables: Tables): SessionStore {
  const { sessions } = tables;
  return {
    add: (session) => answer(() => addToUser(tables, sessions, session)),
    byHash: (wanted) => answer(() => find(sessions, ({ hash }) => hash === wanted)),
    ofUser: (id) => answer(() => [...sessions.values()].filter(({ userId }) => userId === id)),
    seen: (id, lastSeenMs, expiresMs) =>
      answer(() => {
        const before = sessions.get(id);
        if (before !== undefined) sessions.set(id, { ...before, lastSeenMs, expiresMs });
      }),
    remove: (id) => answer(() => sessions.delete(id)),
    removeOthers: (user, except) =>
      answer(() => removeWhere(sessions, ({ id, userId }) => userId === user && id !== except)),
    removeExpired: (beforeMs) => answer(() => removeWhere(sessions, ({ expiresMs }) => expiresMs < beforeMs)),
  };
}

export function memoryApiTokens(tables: Tables): ApiTokenStore {
  const { apiTokens } = tables;
  return {
    add: (token) => answer(() => addToUser(tables, apiTokens, token)),
    byHash: (wanted) => answer(() => find(apiTokens, ({ hash }) => hash === wanted)),
    all: () => answer(() => [...apiTokens.values()]),
    used: (id, lastUsedMs) =>
      answer(() => {
        const before = apiTokens.get(id);
        if (before !== undefined) apiTokens.set(id, { ...before, lastUsedMs });
      }),
    remove: (id) => answer(() => apiTokens.delete(id)),
  };
}

export function memoryJoinTokens({ joinTokens }: Tables): JoinTokenStore {
  const byHash = (wanted: string) => find(joinTokens, ({ hash }) => hash === wanted);
  return {
    add: (token) => answer(() => add(joinTokens, token, ["hash"])),
    byHash: (hash) => answer(() => byHash(hash)),
    all: () => answer(() => [...joinTokens.values()]),
    use: (hash, nowMs) =>
      answer(() => {
        const token = byHash(hash);
        if (token === null || token.revoked || token.expiresMs <= nowMs || token.uses >= token.maxUses) return null;
        const used = { ...token, uses: token.uses + 1 };
        joinTokens.set(token.id, used);
        return used;
      }),
    revoke: (id) =>
      answer(() => {
        const token = joinTokens.get(id);
        if (token === undefined) return false;
        joinTokens.set(id, { ...token, revoked: true });
        return true;
      }),
    removeExpired: (beforeMs) => answer(() => removeWhere(joinTokens, ({ expiresMs }) => expiresMs < beforeMs)),
  };
}
