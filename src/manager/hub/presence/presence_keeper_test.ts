import assert from "node:assert/strict";
import { settle } from "../../../../tests/helpers/fake_uplink.ts";
import { hubFixture } from "../../../../tests/helpers/hub_fixture.ts";

Deno.test("a host that falls silent is unreachable, then offline, with events, in the store, and without its connection", async () => {
  const { hub, host, view, clock, live, store, events, stop } = await hubFixture();
  const uplink = await host();
  await live(20_000, uplink);
  if (uplink.socket !== null) uplink.socket.isDeaf = true;
  await clock.advance(14_500);
  assert.equal(view(uplink).state, "online");
  await clock.advance(1_000);
  assert.deepEqual([view(uplink).state, view(uplink).reason], ["unreachable", "no heartbeat came for 25s"]);
  await clock.advance(36_000);
  assert.deepEqual([view(uplink).state, hub.isOnline(uplink.hostId)], ["offline", false]);
  const told = (await events.list({ limit: 10, kinds: ["host"] })).events.map(({ state }) => state);
  assert.deepEqual(told, [undefined, "online", "unreachable", "offline"]);
  const stored = await store.hosts.get(uplink.hostId);
  assert.deepEqual([stored?.state, stored?.sinceMs], ["offline", view(uplink).sinceMs]);
  await stop();
});

Deno.test("an agent that stops is offline at once; a connection that breaks and is back soon was no news", async () => {
  const { host, connect, view, clock, events, stop } = await hubFixture();
  const uplink = await host();
  uplink.socket?.cut();
  await clock.advance(4_000);
  assert.equal(view(uplink).state, "online");
  assert.equal((await connect(uplink)).type, "welcome");
  await clock.advance(6_000);
  assert.equal(view(uplink).state, "online");
  uplink.socket?.cut();
  await clock.advance(5_500);
  assert.deepEqual([view(uplink).state, /^its connection was lost: /.test(view(uplink).reason)], ["unreachable", true]);
  await connect(uplink);
  assert.equal(view(uplink).state, "online");
  uplink.session?.close();
  await settle();
  assert.deepEqual([view(uplink).state, view(uplink).reason], ["offline", "its agent has closed the connection"]);
  const told = (await events.list({ limit: 20, kinds: ["host"] })).events.map(({ state }) => state);
  assert.deepEqual(told, [undefined, "online", "unreachable", "online", "offline"]);
  await stop();
});

Deno.test("after a restart hosts are unknown until there is contact, and being found as it was left is no event", async () => {
  const first = await hubFixture();
  const [web, gone, lost] = [await first.host("web"), await first.enrolled("gone"), await first.host("lost")];
  await first.live(20_000, web, lost);
  const { sinceMs } = first.view(web);
  await first.stop();
  const { store, clock } = first;
  const second = await hubFixture({ store, clock });
  const { view } = second;
  assert.deepEqual([view(web), view(gone), view(lost)].map(({ state }) => state), ["unknown", "offline", "unknown"]);
  const before = (await second.events.list({ limit: 100 })).next;
  assert.equal((await second.connect(web)).type, "welcome");
  assert.deepEqual([view(web).state, view(web).sinceMs], ["online", sinceMs]);
  await second.live(70_000, web);
  assert.deepEqual([view(lost).state, view(lost).reason], [
    "offline",
    "it has not come back since the manager started",
  ]);
  const news = (await second.events.list({ limit: 100, after: before })).events;
  assert.deepEqual(news.map(({ hostId, state }) => [hostId, state]), [[lost.hostId, "offline"]]);
  await second.stop();
});

Deno.test("what was known of hosts survives a restart: names, labels, processes, when they were last seen", async () => {
  const first = await hubFixture();
  const web = await first.host("web");
  const process = {
    id: "api",
    name: "api",
    state: "running",
    sinceMs: 1,
    reason: "",
    labels: {},
    restarts: 0,
  } as const;
  await web.heartbeat(first.clock.nowMs(), { processes: [process] });
  await first.live(1_000, web);
  const before = first.view(web);
  await first.stop();
  const second = await hubFixture({ store: first.store, clock: first.clock });
  const after = second.view(web);
  assert.deepEqual([after.name, after.labels, after.lastSeenMs, after.processes.total], [
    "web",
    { env: "test" },
    before.lastSeenMs,
    1,
  ]);
  assert.equal(second.hub.processes()[0]?.hostState, "unknown");
  await second.stop();
});

Deno.test("a host that comes and goes is held as unreachable and is no event each time", async () => {
  const { host, connect, view, clock, live, events, stop } = await hubFixture();
  const uplink = await host();
  for (let at = 0; at < 10; at++) {
    uplink.socket?.cut();
    await clock.advance(6_000);
    await connect(uplink);
    await live(10_000, uplink);
  }
  assert.deepEqual([view(uplink).state, view(uplink).reason.slice(0, 17)], ["unreachable", "it comes and goes"]);
  const told = (await events.list({ limit: 100, kinds: ["host"] })).events.filter(({ state }) => state !== undefined);
  assert.ok(told.length <= 8, String(told.length));
  await live(310_000, uplink);
  assert.equal(view(uplink).state, "online");
  await stop();
});

Deno.test("trouble of the store does not keep hosts from being judged, and is told once", async () => {
  const { host, view, clock, store, records, live, stop } = await hubFixture();
  const uplink = await host();
  await live(2_000, uplink);
  const { changeMany } = store.hosts;
  Object.assign(store.hosts, { changeMany: () => Promise.reject(new Error("disk full")) });
  uplink.session?.close();
  await clock.advance(5_000);
  assert.equal(view(uplink).state, "offline");
  assert.equal(records.filter(({ msg }) => msg === "writing down what hosts are like failed").length, 1);
  Object.assign(store.hosts, { changeMany });
  await clock.advance(2_000);
  assert.equal((await store.hosts.get(uplink.hostId))?.state, "offline");
  await stop();
});
