import assert from "node:assert/strict";
import { CHEAP_PASSWORDS, managerAuth, OFFICE, ORIGIN, PASSWORD } from "../../../tests/helpers/manager_auth.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { Auth } from "./auth.ts";

const anna = { name: "anna", password: PASSWORD };

Deno.test("a browser gets a cookie, and with it and its CSRF token makes changes", async () => {
  const { auth, user, knock } = await managerAuth();
  await user("anna", "operator", "env=prod");
  const { setCookie, token, csrf, user: who, expiresMs } = await auth.login(anna, OFFICE);
  assert.equal(token, null);
  assert.deepEqual([who.name, who.lastLoginMs !== undefined, "passwordHash" in who], ["anna", true, false]);
  const cookie = setCookie?.split(";")[0] ?? "";
  assert.match(setCookie ?? "", /^__Host-farhand_session=fhs_[\w-]{43}; .*HttpOnly; SameSite=Strict; Secure$/);
  const caller = await knock({ cookie });
  assert.deepEqual([caller?.actor, caller?.kind, caller?.role, caller?.scopes], ["anna", "session", "operator", [
    "env=prod",
  ]]);
  assert.deepEqual([caller?.csrf, caller?.address], [csrf, OFFICE.address]);
  assert.equal((await knock({ cookie, "x-csrf-token": csrf, origin: ORIGIN }, "POST"))?.actor, "anna");
  await assert.rejects(knock({ cookie }, "POST"), { code: "forbidden" });
  assert.ok(expiresMs > 0);
});

Deno.test("a command line gets a token, which needs no CSRF token", async () => {
  const { auth, user, knock } = await managerAuth();
  await user("anna", "viewer");
  const { setCookie, token } = await auth.login({ ...anna, bearer: true }, OFFICE);
  assert.equal(setCookie, null);
  const caller = await knock({ authorization: `Bearer ${token?.reveal()}` }, "POST");
  assert.deepEqual([caller?.actor, caller?.csrf], ["anna", null]);
});

Deno.test("over http the cookie is a plain one", async () => {
  const { auth } = await managerAuth();
  const { setCookie } = await auth.login({ name: "root", password: PASSWORD }, { ...OFFICE, isSecure: false });
  assert.match(setCookie ?? "", /^farhand_session=fhs_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
});

Deno.test("a wrong name, a wrong password and a disabled user get the same answer", async () => {
  const { auth, user, admin } = await managerAuth();
  const bert = await user("bert", "viewer");
  await auth.users.change(admin, bert.userId ?? "", { disabled: true });
  const messages = new Set<string>();
  const tries = [["nobody", PASSWORD], ["root", "wrong"], ["bert", PASSWORD], ["x".repeat(1_000), PASSWORD]] as const;
  for (const [name, password] of tries) {
    await assert.rejects(auth.login({ name, password }, OFFICE), (error: Error & { code: string }) => {
      assert.equal(error.code, "unauthorized");
      messages.add(error.message);
      return true;
    });
  }
  assert.equal(messages.size, 1);
});

Deno.test("a name is the same in capitals and with spaces around it", async () => {
  const { auth } = await managerAuth();
  assert.equal((await auth.login({ name: " Root ", password: PASSWORD }, OFFICE)).user.name, "root");
});

Deno.test("guessing is slowed down, and told for how long", async () => {
  const { auth, clock } = await managerAuth();
  const elsewhere = { ...OFFICE, address: "198.51.100.1" };
  for (let i = 0; i < 10; i++) {
    await assert.rejects(auth.login({ name: "root", password: `${i}` }, elsewhere), { code: "unauthorized" });
  }
  const right = { name: "root", password: PASSWORD };
  await assert.rejects(auth.login(right, elsewhere), { code: "rate_limited", details: { retryAfterMs: 1_000 } });
  await auth.login(right, OFFICE);
  await clock.advance(1_000);
  await auth.login(right, elsewhere);
});

Deno.test("a password of another cost is stored anew at the next login, and stays right", async () => {
  const { auth, store, clock } = await managerAuth();
  const { log } = recordingLog();
  const stored = async () => (await store.users.byName("root"))?.passwordHash ?? "";
  const right = { name: "root", password: PASSWORD };
  const before = await stored();
  await auth.login(right, OFFICE);
  assert.equal(await stored(), before, "the same cost leaves it alone");
  const dearer = new Auth({ store, clock, log, passwordCost: { ...CHEAP_PASSWORDS, p: 2 } });
  await dearer.login(right, OFFICE);
  const after = await stored();
  assert.match(after, /^scrypt\$ln=1,r=1,p=2\$/);
  await dearer.login(right, OFFICE);
  assert.equal(await stored(), after);
});

Deno.test("a login that is overtaken by another password, or by disabling, does not begin a session", async () => {
  for (const patch of [{ password: "another long password" }, { disabled: true }]) {
    const inner = memoryStore();
    const held = Promise.withResolvers<void>();
    let isHeld = false;
    const users = {
      ...inner.users,
      async byName(name: string) {
        const found = await inner.users.byName(name);
        if (isHeld) await held.promise;
        return found;
      },
    };
    const { auth, user, admin, store } = await managerAuth({ store: { ...inner, users } });
    const bert = await user("bert", "viewer");
    isHeld = true;
    const login = auth.login({ name: "bert", password: PASSWORD }, OFFICE);
    await auth.users.change(admin, bert.userId ?? "", patch);
    held.resolve();
    await assert.rejects(login, { code: "unauthorized" });
    assert.deepEqual(await store.sessions.ofUser(bert.userId ?? ""), []);
  }
});

Deno.test("one user has so many sessions; another one ends the one that was used least lately", async () => {
  const { auth, clock, store, admin } = await managerAuth();
  const first = admin.sessionId;
  for (let i = 0; i < 60; i++) {
    await clock.advance(1);
    await auth.login({ name: "root", password: PASSWORD }, OFFICE);
  }
  const sessions = await store.sessions.ofUser(admin.userId ?? "");
  assert.equal(sessions.length, 50);
  assert.ok(!sessions.some(({ id }) => id === first));
});

Deno.test("nothing that could be used is stored or logged", async () => {
  const { auth, store, records, signIn } = await managerAuth();
  const { secret } = await signIn("root");
  await assert.rejects(auth.login({ name: "root", password: "wrong horse" }, OFFICE));
  const kept = JSON.stringify([
    await store.users.all(),
    await store.sessions.ofUser((await store.users.all())[0]?.id ?? ""),
  ]);
  for (const text of [kept, JSON.stringify(records)]) {
    for (const word of [secret, PASSWORD, "wrong horse"]) assert.ok(!text.includes(word));
  }
});

Deno.test("what a browser says of itself is bounded and on one line", async () => {
  const { auth, store, admin } = await managerAuth();
  await auth.login({ name: "root", password: PASSWORD }, { ...OFFICE, userAgent: "a\r\nb\u202e" + "x".repeat(10_000) });
  const agents = (await store.sessions.ofUser(admin.userId ?? "")).map(({ userAgent }) => userAgent);
  assert.ok(agents.every((agent) => agent.length <= 200 && !/[\r\n\u202e]/.test(agent)));
});
