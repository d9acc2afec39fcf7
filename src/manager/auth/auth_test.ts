import assert from "node:assert/strict";
import { managerAuth, OFFICE, ORIGIN } from "../../../tests/helpers/manager_auth.ts";
import { settle } from "../../../tests/helpers/fake_clock.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { AppError } from "../../core/mod.ts";
import { LOCAL_CALLER } from "./authorise.ts";

const HOUR_MS = 3_600_000;
const never = () => new AbortController().signal;

Deno.test("everybody is told who he is and what he may do", async () => {
  const { auth, user, admin } = await managerAuth();
  const anna = await user("anna", "operator", "env=prod");
  const me = await auth.me(anna);
  assert.deepEqual([me.user?.name, me.role, me.scope, me.csrf, me.token], [
    "anna",
    "operator",
    "env=prod",
    undefined,
    undefined,
  ]);
  assert.ok(me.verbs.includes("host.exec") && !me.verbs.includes("user.manage"));
  assert.ok((await auth.me(admin)).verbs.includes("user.manage"));
  const local = await auth.me(LOCAL_CALLER);
  assert.deepEqual([local.role, local.user], ["admin", undefined]);
  await assert.rejects(auth.me(null), { code: "unauthorized" });
});

Deno.test("a WebSocket from a page of another origin is refused", async () => {
  const { auth } = await managerAuth();
  const opening = (origin: string | null) =>
    auth.checkOrigin(new Request(`${ORIGIN}/api/v1/live`, { headers: origin === null ? {} : { origin } }), OFFICE);
  opening(ORIGIN);
  opening(null);
  assert.throws(() => opening("https://evil.example"), { code: "forbidden" });
  assert.throws(() => opening("null"), { code: "forbidden" });
});

Deno.test("trusted proxies that are none are refused when it is made", async () => {
  await assert.rejects(managerAuth({ trustedProxies: ["proxy"] }), { code: "invalid_config" });
});

Deno.test("the caller's address is the one behind the trusted proxies", async () => {
  const { auth } = await managerAuth({ trustedProxies: [OFFICE.address] });
  const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
  const request = new Request("http://manager/", { headers });
  assert.deepEqual(auth.client(request, OFFICE), { address: "203.0.113.9", isSecure: true });
});

Deno.test("its component removes what has expired, now and each hour, and leaves nothing behind", async () => {
  const { auth, store, clock, admin } = await managerAuth();
  const component = auth.component(["store"]);
  assert.deepEqual([component.name, component.dependsOn], ["auth", ["store"]]);
  await component.start(never());
  await auth.apiTokens.create(admin, { name: "short", role: "viewer", expiresIn: "1h" });
  await auth.joinTokens.create(admin, { expiresIn: "1h" });
  await clock.advance(13 * HOUR_MS);
  assert.equal((await store.sessions.ofUser(admin.userId ?? "")).length, 0);
  assert.deepEqual([(await store.apiTokens.all()).length, (await store.joinTokens.all()).length], [1, 1]);
  await clock.advance(31 * 24 * HOUR_MS);
  assert.deepEqual([(await store.apiTokens.all()).length, (await store.joinTokens.all()).length], [0, 0]);
  await component.stop(never());
  await component.stop(never());
  assert.equal(clock.sleeping, 0);
});

Deno.test("a store that refuses is tried again an hour later, and is in the log once", async () => {
  const inner = memoryStore();
  let tries = 0;
  const removeExpired = () => (tries++, Promise.reject(new AppError("unavailable", "the disk is full")));
  const { auth, clock, records } = await managerAuth({
    store: { ...inner, sessions: { ...inner.sessions, removeExpired } },
  });
  const component = auth.component();
  await component.start(never());
  await settle();
  await clock.advance(3 * HOUR_MS);
  await component.stop(never());
  assert.equal(tries, 4);
  assert.equal(records.filter(({ level }) => level === "warn").length, 1);
});

Deno.test("its component keeps the guarantees: stopped without start, aborted before start, started again", async () => {
  const { auth, clock } = await managerAuth();
  const component = auth.component();
  await component.stop(never());
  await assert.rejects(component.start(AbortSignal.abort(new Error("given up"))), /given up/);
  await component.start(never());
  await component.stop(never());
  await component.start(never());
  await component.stop(never());
  assert.equal(clock.sleeping, 0);
});

Deno.test("how busy it is can be told", async () => {
  const { auth, admin } = await managerAuth();
  auth.tickets.issue(admin);
  assert.deepEqual(auth.report(), { knownCallers: 1, tickets: 1, waitingLogins: 0 });
});
