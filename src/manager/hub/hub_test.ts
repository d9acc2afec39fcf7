import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/fake_uplink.ts";
import { codeOf, hubFixture, never } from "../../../tests/helpers/hub_fixture.ts";
import { ERRORS } from "../../core/mod.ts";
import type { Refusal } from "../../protocol/mod.ts";

const STATUS = () => new Request("http://tunnel/v1/status");

Deno.test("a request to a host that is not connected fails at once, one whose connection breaks says so", async () => {
  const { hub, enrolled, connect, stop } = await hubFixture();
  const uplink = await enrolled("web");
  assert.equal(await codeOf(hub.fetch("nobody", STATUS())), "not_found");
  const offline = () => hub.fetch(uplink.hostId, STATUS()).catch((error: Error) => error.message);
  assert.equal(await offline(), "web is not connected: it has not connected yet");
  await connect(uplink);
  uplink.serve = () => new Promise(() => {});
  const pending = codeOf(hub.fetch(uplink.hostId, STATUS()));
  await settle();
  uplink.socket?.cut();
  assert.equal(await pending, "unavailable", "nobody knows how far it came");
  assert.equal(await codeOf(hub.fetch(uplink.hostId, STATUS())), "host_offline");
  assert.equal(await offline(), "web is not connected: its connection was lost a moment ago");
  await stop();
});

Deno.test("an answer that does not come in time, and a caller who leaves, end the request", async () => {
  const { hub, host, clock, stop } = await hubFixture();
  const uplink = await host();
  uplink.serve = () => new Promise(() => {});
  const late = codeOf(hub.fetch(uplink.hostId, STATUS(), { headTimeoutMs: 1_000 }));
  await settle();
  await clock.advance(1_000);
  assert.equal(await late, "timeout");
  const leaving = new AbortController();
  const left = hub.fetch(uplink.hostId, new Request(STATUS(), { signal: leaving.signal }));
  await settle();
  leaving.abort(new Error("the caller has gone"));
  await assert.rejects(left, /the caller has gone/);
  await stop();
});

Deno.test("a host is renamed, labelled and drained, for good, and what depends on that follows", async () => {
  const { hub, host, store, told, stop } = await hubFixture();
  const [web, db] = [await host("web"), await host("db")];
  assert.equal(await codeOf(hub.change(web.hostId, { name: "db" })), "conflict");
  assert.equal(await codeOf(hub.change(web.hostId, { name: db.hostId })), "conflict");
  assert.equal(await codeOf(hub.change("nobody", { name: "x" })), "not_found");
  const view = await hub.change(web.hostId, { name: "www", labels: { env: "prod" }, drained: true });
  assert.deepEqual([view.name, view.labels, view.drained], ["www", { env: "prod" }, true]);
  assert.deepEqual([hub.byName("web"), hub.byName("www")?.id], [null, web.hostId]);
  assert.deepEqual([hub.isDrained(web.hostId), hub.isDrained(db.hostId)], [true, false]);
  assert.equal((await store.hosts.get(web.hostId))?.name, "www");
  told.length = 0;
  await hub.change(web.hostId, { drained: false });
  assert.deepEqual(told, [`arrived ${web.hostId}`], "tasks may begin there again");
  await hub.change(db.hostId, { name: "web" });
  await stop();
});

Deno.test("two who take one name at once: one gets it", async () => {
  const { hub, host, stop } = await hubFixture();
  const [a, b] = [await host("a"), await host("b")];
  const results = await Promise.allSettled([a, b].map(({ hostId }) => hub.change(hostId, { name: "c" })));
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.deepEqual([hub.byName("a"), hub.byName("b")?.id, hub.byName("c")?.id], [null, b.hostId, a.hostId]);
  await stop();
});

Deno.test("a removed host is gone: its connection, its samples, its name; and it must enrol anew", async () => {
  const { hub, host, connect, store, samples, told, clock, stop } = await hubFixture();
  const uplink = await host("web");
  await uplink.heartbeat(clock.nowMs(), { sample: { timeMs: clock.nowMs(), values: [1] } });
  const removed = await hub.remove(uplink.hostId);
  assert.equal(removed.name, "web");
  await settle();
  assert.ok(uplink.session?.end !== null);
  assert.deepEqual([hub.views(), await store.hosts.all(), samples.report().hosts], [[], [], 0]);
  assert.equal(told.at(-1), `removed ${uplink.hostId}`);
  const verdict = await connect(uplink);
  assert.ok(verdict.type === "refusal" && verdict.code === ERRORS.not_found.number);
  assert.equal(await codeOf(hub.remove(uplink.hostId)), "not_found");
  await clock.advance(120_000);
  assert.equal((await store.hosts.all()).length, 0, "nothing that was waiting to be written brings it back");
  await stop();
});

Deno.test("changes are told together a few times a second, and views stay the same objects until then", async () => {
  const { hub, host, clock, stop } = await hubFixture();
  const [web, db] = [await host("web"), await host("db")];
  await clock.advance(1_000);
  const told: [readonly string[], readonly string[]][] = [];
  const leave = hub.onChange((changed, removed) => told.push([changed, removed]));
  const before = hub.views();
  for (let at = 0; at < 5; at++) await web.heartbeat(clock.nowMs());
  assert.equal(told.length, 0);
  await clock.advance(250);
  assert.deepEqual(told, [[[web.hostId], []]]);
  const after = hub.views();
  assert.notEqual(after[0], before[0]);
  assert.equal(after[1], before[1]);
  await hub.remove(db.hostId);
  await clock.advance(250);
  assert.deepEqual(told[1], [[], [db.hostId]]);
  leave();
  await web.heartbeat(clock.nowMs());
  await clock.advance(250);
  assert.equal(told.length, 2);
  await stop();
});

Deno.test("a manager that drains sends hosts away in time, takes nobody in, and says nothing bad of them", async () => {
  const { hub, host, enrolled, connect, clock, view, events, stop } = await hubFixture();
  const [early, late, new_] = [await host("early"), await host("late"), await enrolled("new")];
  await early.heartbeat(clock.nowMs());
  const before = (await events.list({ limit: 100 })).next;
  const drained = hub.drain(10_000);
  await clock.advance(4_000);
  assert.deepEqual((await early.heartbeat(clock.nowMs())).data, {
    timeMs: clock.nowMs(),
    intervalMs: 10_000,
    drainMs: 6_000,
  });
  early.session?.close();
  const verdict = await connect(new_) as Refusal;
  assert.equal(verdict.code, ERRORS.unavailable.number);
  assert.ok((verdict.retryAfterMs ?? 0) >= 1_000);
  assert.equal(late.session?.end, null);
  await clock.advance(7_000);
  await drained;
  assert.ok(late.session?.end !== null);
  assert.deepEqual([hub.report().tunnels, view(early).state, view(late).state], [0, "online", "online"]);
  assert.equal((await events.list({ limit: 100, after: before })).events.length, 0);
  await stop();
});

Deno.test("a drain waits no longer than a moment for what is under way at its end", async () => {
  const { hub, host, clock, stop } = await hubFixture();
  const uplink = await host();
  uplink.serve = () => new Promise(() => {});
  const asked = codeOf(hub.fetch(uplink.hostId, STATUS()));
  await settle();
  const drained = hub.drain(0);
  await clock.advance(1_100);
  await drained;
  assert.equal(await asked, "unavailable");
  await stop();
});

Deno.test("a stop without a start, and twice, is one; it leaves no timer, also when a peer does not answer", async () => {
  const { host, clock, hub, stop } = await hubFixture({ dropSocket: () => true });
  const uplink = await host();
  if (uplink.socket !== null) uplink.socket.isDeaf = true;
  await stop();
  await stop();
  assert.deepEqual([clock.sleeping, hub.report().queues.connectionsLeaving], [0, 0]);
  const { hub: another } = await hubFixture();
  await another.component([]).stop(never);
});
