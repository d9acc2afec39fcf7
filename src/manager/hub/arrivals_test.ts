import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/fake_uplink.ts";
import { until } from "../../../tests/helpers/host.ts";
import { hubFixture } from "../../../tests/helpers/hub_fixture.ts";
import { ERRORS } from "../../core/mod.ts";

Deno.test("the same run of an agent takes the place of its own connection at once", async () => {
  const { hub, host, connect, view, clock, stop } = await hubFixture();
  const uplink = await host();
  const before = uplink.session;
  assert.equal((await connect(uplink)).type, "welcome");
  await settle();
  assert.ok(before?.end !== null, "the old connection is closed");
  assert.equal((await uplink.heartbeat(clock.nowMs())).status, 200);
  assert.deepEqual([hub.report().tunnels, view(uplink).state, view(uplink).duplicates], [1, "online", []]);
  await stop();
});

Deno.test("an agent that was started anew on the same boot of its machine takes the place of the one before", async () => {
  const { host, connect, view, stop } = await hubFixture();
  const uplink = await host();
  uplink.runId = crypto.randomUUID();
  assert.equal((await connect(uplink)).type, "welcome");
  assert.deepEqual(view(uplink).duplicates, []);
  await stop();
});

Deno.test("a copy of a connected host is refused, recorded and shown, and the host stays connected", async () => {
  const { hub, host, connect, view, store, events, clock, stop, live } = await hubFixture();
  const uplink = await host("web");
  const copy = uplink.clone();
  copy.facts = { ...copy.facts, hostname: "copy-of-web" };
  for (let at = 0; at < 2; at++) {
    const verdict = await connect(copy);
    assert.ok(verdict.type === "refusal" && verdict.code === ERRORS.conflict.number && verdict.retryAfterMs === 60_000);
  }
  await uplink.heartbeat(clock.nowMs());
  const { state, reason, duplicates } = view(uplink);
  assert.equal(state, "degraded");
  assert.match(reason, /^claimed by two: also by copy-of-web at 192\.0\.2\.1, which was refused/);
  assert.deepEqual(duplicates.map(({ hostname, machineId }) => [hostname, machineId]), [[
    "copy-of-web",
    "machine of web",
  ]]);
  await live(2_000, uplink);
  assert.equal((await store.hosts.get(uplink.hostId))?.duplicates.length, 1);
  const told = (await events.list({ limit: 100 })).events.filter(({ message }) => message.startsWith("claimed by two"));
  assert.equal(told.length, 2, "once when it came, once as the reason of the state");
  await live(11 * 60_000, uplink);
  assert.equal(view(uplink).state, "online", "it has not come again for a while");
  assert.equal(hub.report().tunnels, 1);
  await stop();
});

Deno.test("a claimant takes the place of a connection at whose other end nobody answers any more", async () => {
  const { hub, host, connect, view, clock, stop } = await hubFixture();
  const uplink = await host();
  const before = uplink.session;
  if (uplink.socket !== null) uplink.socket.isDeaf = true;
  const reborn = uplink.clone();
  const verdict = connect(reborn);
  await until(() => clock.sleeping > 1, "the other end is asked");
  await clock.advance(4_900);
  assert.equal(reborn.session, null);
  await clock.advance(200);
  assert.equal((await verdict).type, "welcome");
  assert.deepEqual([view(uplink).duplicates, hub.report().tunnels], [[], 1]);
  assert.equal(before?.end, null, "the dead end does not know");
  await stop();
});

Deno.test("two copies on one boot, as containers are, are noticed when the first one comes back", async () => {
  const { host, connect, view, clock, stop } = await hubFixture();
  const first = await host();
  const second = first.clone();
  second.bootId = first.bootId;
  assert.equal((await connect(second)).type, "welcome", "it may be the agent after a restart");
  const verdict = await connect(first);
  assert.ok(verdict.type === "refusal" && verdict.code === ERRORS.conflict.number);
  await second.heartbeat(clock.nowMs());
  assert.equal(view(first).duplicates.length, 1);
  await stop();
});

Deno.test("while it is found out who is alive, a third claimant is refused at once", async () => {
  const { host, connect, clock, stop } = await hubFixture();
  const uplink = await host();
  if (uplink.socket !== null) uplink.socket.isDeaf = true;
  const [second, third] = [uplink.clone(), uplink.clone()];
  const pending = connect(second);
  await until(() => clock.sleeping > 1, "the other end is asked");
  assert.equal((await connect(third)).type, "refusal");
  await clock.advance(5_100);
  assert.equal((await pending).type, "welcome");
  await stop();
});
