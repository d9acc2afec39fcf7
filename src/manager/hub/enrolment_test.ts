import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeUplink, hashOf } from "../../../tests/helpers/fake_uplink.ts";
import { codeOf, hubFixture, TOKEN } from "../../../tests/helpers/hub_fixture.ts";
import { displayName } from "../../protocol/mod.ts";
import { cleanName } from "./hosts/host_names.ts";

Deno.test("a host is made with a token and a key, with the token's labels and a name that nobody has", async () => {
  const { hub, enrolled, view, store, clock, events, stop } = await hubFixture();
  const [first, second] = [await enrolled("web"), await enrolled("web")];
  assert.deepEqual([view(first).name, view(second).name], ["web", "web-2"]);
  const { labels, state, reason, kind, enrolledMs } = view(first);
  assert.deepEqual([labels, state, reason, kind, enrolledMs], [
    { env: "test" },
    "offline",
    "it has not connected yet",
    "agent",
    clock.nowMs(),
  ]);
  assert.equal((await store.hosts.byPublicKey(first.publicKey))?.id, first.hostId);
  assert.equal(hub.byName("web-2")?.id, second.hostId);
  const told = (await events.list({ limit: 10 })).events;
  assert.deepEqual(told.map(({ host, message }) => [host, message]), [
    ["web", "it was enrolled from 192.0.2.1"],
    ["web-2", "it was enrolled from 192.0.2.1"],
  ]);
  await stop();
});

Deno.test("the same key gives the host that it is, also at the same time, and costs no use of the token", async () => {
  const { hub, store, clock, stop } = await hubFixture();
  const uplink = await FakeUplink.create();
  const request = await uplink.enrolRequest(TOKEN, clock.nowMs());
  const answers = await Promise.all([1, 2, 3].map(() => hub.enrol(request, "192.0.2.1")));
  answers.push(await hub.enrol(request, "192.0.2.1"));
  assert.equal(new Set(answers.map(({ hostId }) => hostId)).size, 1);
  assert.equal(hub.views().length, 1);
  assert.equal((await store.joinTokens.byHash(hashOf(TOKEN)))?.uses, 1);
  assert.deepEqual(Object.keys(answers[0] ?? {}), ["hostId", "managerId", "name"]);
  await stop();
});

Deno.test("what is wrong with an enrolment is refused, and makes nothing", async () => {
  const { hub, store, clock, stop } = await hubFixture();
  const [uplink, other] = [await FakeUplink.create(), await FakeUplink.create()];
  const nowMs = clock.nowMs();
  const good = await uplink.enrolRequest(TOKEN, nowMs);
  const enrol = (request: typeof good) => codeOf(hub.enrol(request, "192.0.2.1"));
  assert.equal(await enrol(await uplink.enrolRequest("fhj_another-token", nowMs)), "unauthorized");
  assert.equal(await enrol({ ...good, publicKey: other.publicKey }), "unauthorized", "a key that is not his");
  assert.equal(await enrol({ ...good, timeMs: nowMs + 1 }), "unauthorized");
  assert.equal(await enrol({ ...good, signature: "A".repeat(86) }), "unauthorized");
  assert.equal(await enrol(await uplink.enrolRequest(TOKEN, nowMs - 601_000)), "invalid_input", "kept for too long");
  await store.joinTokens.revoke("t1");
  assert.equal(await enrol(good), "unauthorized");
  assert.deepEqual([hub.views(), (await store.hosts.all()).length], [[], 0]);
  assert.deepEqual(hub.report().refused, { unauthorized: 5, invalid_input: 1 });
  await stop();
});

Deno.test("a token that is used up makes no host, but gives back the one that it has made", async () => {
  const { hub, store, clock, stop } = await hubFixture();
  const secret = "fhj_for-one-host-only";
  const token = await store.joinTokens.byHash(hashOf(TOKEN));
  assert.ok(token !== null);
  await store.joinTokens.add({ ...token, id: "t2", hash: hashOf(secret), maxUses: 1, uses: 0 });
  const [first, second] = [await FakeUplink.create(), await FakeUplink.create()];
  const request = await first.enrolRequest(secret, clock.nowMs());
  const { hostId } = await hub.enrol(request, "192.0.2.1");
  assert.equal(await codeOf(hub.enrol(await second.enrolRequest(secret, clock.nowMs()), "192.0.2.1")), "unauthorized");
  assert.equal((await hub.enrol(request, "192.0.2.1")).hostId, hostId, "its answer may have been lost");
  await stop();
});

Deno.test("a hundred hosts of one name that enrol at once get a hundred names", async () => {
  const { enrolled, hub, stop } = await hubFixture();
  await Promise.all(Array.from({ length: 60 }, () => enrolled("web")));
  assert.equal(new Set(hub.views().map(({ name }) => name)).size, 60);
  await stop();
});

Deno.test("an address that tries too much waits, and others do not", async () => {
  const { hub, clock, stop } = await hubFixture();
  const uplink = await FakeUplink.create();
  const bad = await uplink.enrolRequest("fhj_guessed-token", clock.nowMs());
  const codes = new Set<string>();
  for (let at = 0; at < 2_100; at += 50) {
    const tries = Array.from({ length: 50 }, () => codeOf(hub.enrol(bad, "192.0.2.1")));
    for (const code of await Promise.all(tries)) codes.add(code);
  }
  assert.deepEqual([...codes].sort(), ["rate_limited", "unauthorized"]);
  assert.equal(await codeOf(hub.enrol(bad, "192.0.2.2")), "unauthorized");
  await stop();
});

Deno.test("a host cannot take another's id for its name", async () => {
  const { enrolled, hub, view, stop } = await hubFixture();
  const victim = await enrolled("victim");
  const thief = await enrolled(victim.hostId);
  assert.notEqual(view(thief).name, victim.hostId);
  assert.equal(hub.byName(victim.hostId)?.id, victim.hostId);
  await stop();
});

Deno.test("there are as many hosts as there may be", async () => {
  const { enrolled, stop } = await hubFixture({ maxHosts: 1 });
  await enrolled();
  assert.equal(await codeOf(enrolled()), "conflict");
  await stop();
});

Deno.test("whatever a host is called, its name is one that hosts may have", () => {
  const schema = displayName();
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 120 }), (text) => {
    const name = cleanName(text);
    assert.ok(schema.safeParse(name).success, JSON.stringify(name));
    assert.equal(cleanName(name), name);
  }));
  assert.deepEqual(["web-1", " \u202eevil\n", "", "\0"].map(cleanName), ["web-1", "evil", "host", "host"]);
});
