import assert from "node:assert/strict";
import { managerAuth, OFFICE, PASSWORD } from "../../../tests/helpers/manager_auth.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { AppError } from "../../core/mod.ts";
import { LOCAL_CALLER } from "./authorise.ts";

const HOUR_MS = 3_600_000;
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** A memory store that counts what is asked of it. */
function countingStore() {
  const inner = memoryStore();
  const counts = { byHash: 0, seen: 0, used: 0 };
  const store = {
    ...inner,
    sessions: {
      ...inner.sessions,
      byHash: (hash: string) => (counts.byHash++, inner.sessions.byHash(hash)),
      seen: (
        id: string,
        seenMs: number,
        expiresMs: number,
      ) => (counts.seen++, inner.sessions.seen(id, seenMs, expiresMs)),
    },
    apiTokens: {
      ...inner.apiTokens,
      used: (id: string, usedMs: number) => (counts.used++, inner.apiTokens.used(id, usedMs)),
    },
  };
  return { store, counts };
}

Deno.test("a busy caller is looked up once in some seconds", async () => {
  const { store, counts } = countingStore();
  const { knock, signIn, clock } = await managerAuth({ store });
  const { secret } = await signIn("root");
  counts.byHash = 0;
  for (let i = 0; i < 100; i++) await knock(bearer(secret));
  assert.equal(counts.byHash, 0);
  await clock.advance(5_000);
  await knock(bearer(secret));
  assert.equal(counts.byHash, 1);
});

Deno.test("a session that is used goes on, one that is not ends, and none is endless", async () => {
  const { knock, signIn, clock, store, admin } = await managerAuth();
  const { secret } = await signIn("root");
  for (let hours = 0; hours < 30 * 24 - 8; hours += 8) {
    await clock.advance(8 * HOUR_MS);
    assert.equal((await knock(bearer(secret)))?.actor, "root");
  }
  const [session] = (await store.sessions.ofUser(admin.userId ?? "")).filter(({ lastSeenMs }) =>
    lastSeenMs === clock.nowMs()
  );
  assert.ok(session !== undefined && session.expiresMs <= session.createdMs + 30 * 24 * HOUR_MS);
  for (let hours = 0; hours < 32; hours += 8) {
    await clock.advance(8 * HOUR_MS);
    await knock(bearer(secret)).catch(() => {
      // It ends on the way.
    });
  }
  await assert.rejects(knock(bearer(secret)), { code: "unauthorized" });
  const other = (await signIn("root")).secret;
  await clock.advance(12 * HOUR_MS);
  await assert.rejects(knock(bearer(other)), { code: "unauthorized" });
});

Deno.test("when it was last seen is written once a minute, of many requests at once by one", async () => {
  const { store, counts } = countingStore();
  const { auth, knock, signIn, admin, clock } = await managerAuth({ store });
  const { secret, caller } = await signIn("root");
  const made = (await auth.apiTokens.create(caller, { name: "ci", role: "admin" })).secret.reveal();
  assert.equal(admin.actor, "root");
  await Promise.all([knock(bearer(secret)), knock(bearer(made))]);
  Object.assign(counts, { seen: 0, used: 0 });
  await clock.advance(59_000);
  await knock(bearer(secret));
  await knock(bearer(made));
  assert.deepEqual([counts.seen, counts.used], [0, 0]);
  await clock.advance(1_000);
  await Promise.all(Array.from({ length: 50 }, () => Promise.all([knock(bearer(secret)), knock(bearer(made))])));
  assert.deepEqual([counts.seen, counts.used], [1, 1]);
});

Deno.test("a store that cannot note that does not turn anybody away, and the log says so once", async () => {
  const inner = memoryStore();
  const refuse = () => Promise.reject(new AppError("unavailable", "the disk is full"));
  const { knock, signIn, clock, records } = await managerAuth({
    store: { ...inner, sessions: { ...inner.sessions, seen: refuse } },
  });
  const { secret } = await signIn("root");
  for (let i = 0; i < 5; i++) {
    await clock.advance(60_000);
    assert.equal((await knock(bearer(secret)))?.actor, "root");
  }
  assert.equal(records.filter(({ level }) => level === "warn").length, 1);
});

Deno.test("what is changed here holds from the next request on", async () => {
  const { auth, knock, user, signIn, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  const { secret } = await signIn("anna");
  const id = anna.userId ?? "";
  await auth.users.change(admin, id, { role: "viewer", scope: "env=prod" });
  assert.deepEqual([(await knock(bearer(secret)))?.role, (await knock(bearer(secret)))?.scopes], ["viewer", [
    "env=prod",
  ]]);
  await auth.users.change(admin, id, { disabled: true });
  await assert.rejects(knock(bearer(secret)), { code: "unauthorized" });
  await auth.users.change(admin, id, { disabled: false });
  await assert.rejects(knock(bearer(secret)), { code: "unauthorized" }, "the session has ended for good");
});

Deno.test("what was read before a change is not kept after it", async () => {
  const inner = memoryStore();
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  const users = {
    ...inner.users,
    async get(id: string) {
      const found = await inner.users.get(id);
      if (isHeld) {
        isHeld = false;
        await held.promise;
      }
      return found;
    },
  };
  const { auth, knock, signIn, user, admin, clock } = await managerAuth({ store: { ...inner, users } });
  const anna = await user("anna", "operator");
  const { secret } = await signIn("anna");
  await clock.advance(5_000);
  isHeld = true;
  const slow = knock(bearer(secret));
  while (isHeld) await Promise.resolve();
  await auth.users.change(admin, anna.userId ?? "", { role: "viewer" });
  held.resolve();
  await slow;
  assert.equal((await knock(bearer(secret)))?.role, "viewer");
});

Deno.test("what has been open for long can be asked about again, and is told of changes", async () => {
  const { auth, user, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  let changes = 0;
  const forget = auth.onChange(() => changes++);
  assert.equal((await auth.current(anna))?.role, "operator");
  await auth.users.change(admin, anna.userId ?? "", { role: "viewer" });
  assert.ok(changes > 0);
  assert.equal((await auth.current(anna))?.role, "viewer");
  await auth.users.remove(admin, anna.userId ?? "");
  assert.equal(await auth.current(anna), null);
  assert.equal(await auth.current({ ...admin }), null, "a caller that the gate did not make is nobody");
  assert.equal(await auth.current(LOCAL_CALLER), LOCAL_CALLER);
  forget();
  const before = changes;
  await auth.sessions.revokeOthers(admin);
  assert.equal(changes, before);
});

Deno.test("an API token in a cookie opens nothing, since it has no CSRF token", async () => {
  const { auth, knock, admin } = await managerAuth();
  const { secret } = await auth.apiTokens.create(admin, { name: "ci", role: "admin" });
  assert.equal(await knock({ cookie: `__Host-farhand_session=${secret.reveal()}` }), null);
});

Deno.test("a store that cannot be reached lets nobody in, and does not say that the token is bad", async () => {
  const inner = memoryStore();
  let isDown = false;
  const sessions = {
    ...inner.sessions,
    byHash: (hash: string) =>
      isDown ? Promise.reject(new AppError("unavailable", "no database")) : inner.sessions.byHash(hash),
  };
  const { auth, knock, clock } = await managerAuth({ store: { ...inner, sessions } });
  const { token } = await auth.login({ name: "root", password: PASSWORD, bearer: true }, OFFICE);
  isDown = true;
  await clock.advance(5_000);
  await assert.rejects(knock(bearer(token?.reveal() ?? "")), { code: "unavailable" });
});
