import assert from "node:assert/strict";
import { apiTokenRecord, NOW_MS, sessionRecord, userRecord } from "../../helpers/store_records.ts";
import { HOSTILE_TEXTS, idsOf, rejectsWith, type StoreTests } from "./suite.ts";

const LAST_ADMIN = { rule: "last_admin" };

export const USER_TESTS: StoreTests = {
  "a user is found by id and name, and changed": async ({ users }) => {
    const anna = userRecord("anna", { scope: "env=prod" });
    await users.add(anna);
    await users.add(userRecord("bert", { lastLoginMs: 5 }));
    assert.deepEqual(await users.get("anna"), anna);
    assert.deepEqual(await users.byName("name-anna"), anna);
    assert.equal(await users.get("none"), null);
    assert.equal(await users.byName("none"), null);
    const change = { role: "operator", scope: "", passwordHash: "new", lastLoginMs: NOW_MS, name: "ann" } as const;
    assert.equal(await users.change("anna", change), true);
    assert.equal(await users.change("none", change), false);
    assert.deepEqual(await users.all(), [{ ...anna, ...change }, userRecord("bert", { lastLoginMs: 5 })]);
    assert.equal(await users.byName("name-anna"), null);
  },

  "names of users are unique": async ({ users }) => {
    await users.add(userRecord("a"));
    await users.add(userRecord("b"));
    await rejectsWith(users.add(userRecord("c", { name: "name-a" })), "conflict", { field: "name" });
    await rejectsWith(users.add(userRecord("a", { name: "c" })), "conflict", { field: "id" });
    await rejectsWith(users.change("b", { name: "name-a" }), "conflict", { field: "name" });
    assert.deepEqual(await users.all(), [userRecord("a"), userRecord("b")]);
  },

  "the last admin stays one, stays enabled and stays": async ({ users }) => {
    await users.add(userRecord("admin", { role: "admin" }));
    await users.add(userRecord("disabled", { role: "admin", disabled: true }));
    await users.add(userRecord("viewer"));
    const before = await users.all();
    await rejectsWith(users.remove("admin"), "conflict", LAST_ADMIN);
    await rejectsWith(users.change("admin", { role: "operator" }), "conflict", LAST_ADMIN);
    await rejectsWith(users.change("admin", { disabled: true }), "conflict", LAST_ADMIN);
    await rejectsWith(users.change("admin", { disabled: true, name: "other" }), "conflict", LAST_ADMIN);
    assert.deepEqual(await users.all(), before);
    assert.equal(await users.change("admin", { passwordHash: "new" }), true);
    assert.equal(await users.remove("disabled"), true);
    await users.change("viewer", { role: "admin" });
    assert.equal(await users.change("admin", { role: "viewer" }), true);
    await rejectsWith(users.remove("viewer"), "conflict", LAST_ADMIN);
    assert.equal(await users.remove("admin"), true);
  },

  "of two admins that go at the same time, one stays": async ({ users }) => {
    for (const id of ["a", "b"]) await users.add(userRecord(id, { role: "admin" }));
    const results = await Promise.allSettled([users.remove("a"), users.change("b", { disabled: true })]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const active = (await users.all()).filter(({ role, disabled }) => role === "admin" && !disabled);
    assert.equal(active.length, 1);
  },

  "a user's sessions and API tokens go with the user": async ({ users, sessions, apiTokens }) => {
    for (const id of ["a", "b"]) {
      await users.add(userRecord(id));
      await sessions.add(sessionRecord(`s-${id}`, id));
      await apiTokens.add(apiTokenRecord(`t-${id}`, id));
    }
    assert.equal(await users.remove("a"), true);
    assert.equal(await users.remove("a"), false);
    assert.deepEqual(idsOf(await sessions.ofUser("a")), []);
    assert.equal(await sessions.byHash("hash-s-a"), null);
    assert.deepEqual(idsOf(await sessions.ofUser("b")), ["s-b"]);
    assert.deepEqual(idsOf(await apiTokens.all()), ["t-b"]);
    await rejectsWith(sessions.add(sessionRecord("late", "a")), "not_found");
    await rejectsWith(apiTokens.add(apiTokenRecord("late", "a")), "not_found");
  },

  "users with hostile texts": async ({ users }) => {
    for (const [at, text] of HOSTILE_TEXTS.entries()) {
      const user = userRecord(`u${at}`, { name: text, scope: text, passwordHash: text });
      await users.add(user);
      assert.deepEqual(await users.byName(text), user);
    }
  },
};

export const SESSION_TESTS: StoreTests = {
  "a session is found by its hash, and seen": async ({ users, sessions }) => {
    await users.add(userRecord("a"));
    const session = sessionRecord("s", "a", { userAgent: HOSTILE_TEXTS.join("") });
    await sessions.add(session);
    assert.deepEqual(await sessions.byHash("hash-s"), session);
    assert.equal(await sessions.byHash("none"), null);
    await sessions.seen("s", 7, 8);
    await sessions.seen("none", 7, 8);
    assert.deepEqual(await sessions.ofUser("a"), [{ ...session, lastSeenMs: 7, expiresMs: 8 }]);
    await rejectsWith(sessions.add(sessionRecord("s", "a", { hash: "other" })), "conflict", { field: "id" });
    await rejectsWith(sessions.add(sessionRecord("t", "a", { hash: "hash-s" })), "conflict", { field: "hash" });
    assert.equal(await sessions.remove("s"), true);
    assert.equal(await sessions.remove("s"), false);
    assert.equal(await sessions.byHash("hash-s"), null);
  },

  "all sessions of a user but one are removed, or all": async ({ users, sessions }) => {
    for (const id of ["a", "b"]) await users.add(userRecord(id));
    for (const id of ["3", "1", "2"]) await sessions.add(sessionRecord(id, "a"));
    await sessions.add(sessionRecord("b", "b"));
    assert.deepEqual(idsOf(await sessions.ofUser("a")), ["3", "1", "2"]);
    assert.equal(await sessions.removeOthers("a", "1"), 2);
    assert.deepEqual(idsOf(await sessions.ofUser("a")), ["1"]);
    assert.equal(await sessions.removeOthers("a", "b"), 1, "what is another's is no exception");
    assert.equal(await sessions.removeOthers("b", null), 1);
    assert.equal(await sessions.removeOthers("b", null), 0);
  },

  "sessions that have expired are forgotten": async ({ users, sessions }) => {
    await users.add(userRecord("a"));
    for (const expiresMs of [10, 20, 30]) await sessions.add(sessionRecord(`s${expiresMs}`, "a", { expiresMs }));
    assert.equal(await sessions.removeExpired(20), 1);
    assert.deepEqual(idsOf(await sessions.ofUser("a")), ["s20", "s30"]);
  },
};

export const API_TOKEN_TESTS: StoreTests = {
  "an API token is found by its hash, used and removed": async ({ users, apiTokens }) => {
    await users.add(userRecord("a"));
    const token = apiTokenRecord("t", "a", { scope: "env=prod", expiresMs: 9, name: HOSTILE_TEXTS.join("") });
    await apiTokens.add(token);
    await apiTokens.add(apiTokenRecord("forever", "a"));
    assert.deepEqual(await apiTokens.byHash("hash-t"), token);
    assert.equal(await apiTokens.byHash("none"), null);
    await apiTokens.used("t", 7);
    await apiTokens.used("none", 7);
    assert.deepEqual(await apiTokens.all(), [{ ...token, lastUsedMs: 7 }, apiTokenRecord("forever", "a")]);
    await rejectsWith(apiTokens.add(apiTokenRecord("t", "a", { hash: "other" })), "conflict", { field: "id" });
    await rejectsWith(apiTokens.add(apiTokenRecord("u", "a", { hash: "hash-t" })), "conflict", { field: "hash" });
    assert.equal(await apiTokens.remove("t"), true);
    assert.equal(await apiTokens.remove("t"), false);
    assert.deepEqual(idsOf(await apiTokens.all()), ["forever"]);
  },
};
