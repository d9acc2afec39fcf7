import assert from "node:assert/strict";
import fc from "fast-check";
import { type FakeUplink, settle } from "../../../../tests/helpers/fake_uplink.ts";
import { hubFixture } from "../../../../tests/helpers/hub_fixture.ts";
import { AppError, ERRORS } from "../../../core/mod.ts";
import {
  FLEET_SERIES,
  type ProcessBrief,
  type ProcessEvent,
  REPORT_PATHS,
  type TaskResult,
} from "../../../protocol/mod.ts";

const brief = (id: string, state: ProcessBrief["state"] = "running"): ProcessBrief => ({
  id,
  name: id,
  state,
  sinceMs: 1,
  reason: "x",
  labels: {},
  restarts: 0,
});
const processEvent = (seq: number): ProcessEvent => ({
  seq,
  timeMs: 5,
  process: "api",
  kind: "state",
  level: "warn",
  state: "failed",
  reason: `event ${seq}`,
});
const taskResult = (id: string): TaskResult => ({
  id,
  outcome: "done",
  message: "",
  output: "",
  truncated: false,
  endedMs: 1,
});

Deno.test("a heartbeat's reading is the host's latest and in its range; its time on goes with it", async () => {
  const { host, view, samples, clock, stop } = await hubFixture();
  const uplink = await host();
  const nowMs = clock.nowMs();
  const values = FLEET_SERIES.map((_, at) => at === 1 ? null : at);
  await uplink.heartbeat(nowMs, { sample: { timeMs: nowMs - 5, values }, uptimeMs: 7, latencyMs: 1.5 });
  const { latest, uptimeMs, latencyMs, lastSeenMs } = view(uplink);
  assert.deepEqual([latest?.timeMs, latest?.values["cpu.usage_percent"], uptimeMs, latencyMs, lastSeenMs], [
    nowMs - 5,
    0,
    7,
    1.5,
    nowMs,
  ]);
  assert.ok(!("memory.used_percent" in (latest?.values ?? {})), "what was not measured is absent");
  await uplink.report(REPORT_PATHS.backfill, { rows: [{ timeMs: nowMs - 30_000, values: [42] }] });
  const range = samples.query(uplink.hostId, { fromMs: nowMs - 40_000, toMs: nowMs, stepMs: 10_000 });
  assert.ok(range.series[0]?.values.includes(42));
  await stop();
});

Deno.test("ten thousand heartbeats without news write nothing", async () => {
  const { host, live, store, stop } = await hubFixture();
  const uplink = await host();
  await live(2_000, uplink);
  let writes = 0;
  const { changeMany } = store.hosts;
  Object.assign(store.hosts, { changeMany: (...of: Parameters<typeof changeMany>) => (writes++, changeMany(...of)) });
  await live(20 * 60_000, uplink);
  assert.ok(writes <= 5, `${writes} writes in 20 minutes, for when it was last seen`);
  await stop();
});

Deno.test("settings are told when the host has others, not each time again, and its interval follows them", async () => {
  const { host, settings, hub, clock, view, stop } = await hubFixture();
  const uplink = await host();
  const beat = async (settingsVersion: number) => (await uplink.heartbeat(clock.nowMs(), { settingsVersion })).data;
  assert.deepEqual(await beat(0), { timeMs: clock.nowMs(), intervalMs: 10_000 });
  await settings.put({ select: "env=test", values: { "manager.heartbeat_interval": "5s" } }, "root");
  const { version, values } = settings.forHost({ name: "web", labels: { env: "test" } });
  const told = { timeMs: clock.nowMs(), intervalMs: 5_000, settings: { version, values } };
  assert.deepEqual(await beat(0), told);
  for (let at = 0; at < 12; at++) {
    assert.deepEqual(await beat(0), { timeMs: clock.nowMs(), intervalMs: 5_000 }, "it does not take them");
    await clock.advance(5_000);
  }
  assert.deepEqual(await beat(0), { ...told, timeMs: clock.nowMs() }, "after a while it is told again");
  assert.deepEqual(await beat(version), { timeMs: clock.nowMs(), intervalMs: 5_000 });
  assert.equal(view(uplink).settingsVersion, version);
  await hub.change(uplink.hostId, { labels: {} });
  assert.deepEqual(await beat(version), {
    timeMs: clock.nowMs(),
    intervalMs: 10_000,
    settings: { version: 0, values: {} },
  });
  await stop();
});

Deno.test("processes are shown as last reported, and written when their states change, now and then", async () => {
  const { hub, host, clock, view, store, live, stop } = await hubFixture();
  const uplink = await host("web");
  const report = (...processes: ProcessBrief[]) => uplink.heartbeat(clock.nowMs(), { processes });
  await report(brief("api"), brief("db", "failed"));
  assert.deepEqual(view(uplink).processes, { total: 2, bad: 1 });
  const [first] = hub.processes();
  assert.deepEqual([first?.id, first?.host, first?.hostId, first?.hostState], ["api", "web", uplink.hostId, "online"]);
  await live(2_000, uplink);
  assert.deepEqual((await store.processes.all()).map(({ id, state }) => [id, state]), [["api", "running"], [
    "db",
    "failed",
  ]]);
  await report(brief("api", "backoff"));
  await live(2_000, uplink);
  assert.equal((await store.processes.all()).length, 2, "not again so soon");
  await live(10_000, uplink);
  assert.deepEqual((await store.processes.all()).map(({ id, state }) => [id, state]), [["api", "backoff"]]);
  await hub.change(uplink.hostId, { name: "www" });
  assert.equal(hub.processes()[0]?.host, "www");
  await stop();
});

Deno.test("an event changes its process in the lists before a heartbeat tells the same; one of before changes nothing", async () => {
  const { host, hub, view, clock, stop } = await hubFixture();
  const uplink = await host();
  const running = { ...brief("api"), sinceMs: 5, pid: 7, cpuPercent: 1 };
  await uplink.heartbeat(clock.nowMs(), { processes: [running, brief("db")] });
  const api = () => hub.processes().find(({ id }) => id === "api");
  const tell = (...events: ProcessEvent[]) => uplink.report(REPORT_PATHS.events, { events });
  await tell({ ...processEvent(1), timeMs: 4 }, { ...processEvent(2), kind: "probe" });
  assert.equal(api()?.state, "running");
  await tell({ ...processEvent(3), state: "backoff" }, { ...processEvent(4), timeMs: 6, pid: 7 });
  const { state, sinceMs, reason, pid, cpuPercent } = api() ?? {};
  assert.deepEqual([state, sinceMs, reason, pid, cpuPercent], ["failed", 6, "event 4", undefined, undefined]);
  assert.deepEqual(view(uplink).processes, { total: 2, bad: 1 });
  await tell({ ...processEvent(5), timeMs: 8, state: "running", pid: 9 });
  assert.deepEqual([api()?.state, api()?.pid, view(uplink).processes.bad], ["running", 9, 0]);
  await stop();
});

Deno.test("events are safe before they are acknowledged, once each, as the host that reported them", async () => {
  const { host, events, hub, connect, stop } = await hubFixture();
  const [web, db] = [await host("web"), await host("db")];
  const report = (uplink: FakeUplink, ...seqs: number[]) =>
    uplink.report(REPORT_PATHS.events, { events: seqs.map(processEvent) });
  assert.deepEqual((await report(web, 1, 2)).data, { eventSeq: 2 });
  assert.deepEqual((await report(web, 2, 3)).data, { eventSeq: 3 });
  assert.deepEqual((await report(db, 1)).data, { eventSeq: 1 });
  assert.deepEqual((await report(web)).data, { eventSeq: 3 });
  const told = (await events.list({ limit: 100, kinds: ["process"] })).events;
  assert.deepEqual(told.map(({ host: name, message }) => [name, message]), [
    ["web", "event 1"],
    ["web", "event 2"],
    ["web", "event 3"],
    ["db", "event 1"],
  ]);
  const welcome = await connect(web);
  assert.ok(welcome.type === "welcome" && welcome.have.eventSeq === 3);
  assert.equal((await report(web, -1)).code, ERRORS.invalid_input.number);
  assert.equal(hub.report().tunnels, 2);
  await stop();
});

Deno.test("the store's trouble is the host's to try again, and nothing is acknowledged that is not safe", async () => {
  const { host, store, stop } = await hubFixture();
  const uplink = await host();
  const { add } = store.events;
  Object.assign(store.events, { add: () => Promise.reject(new AppError("unavailable", "the disk is full")) });
  assert.equal((await uplink.report(REPORT_PATHS.events, { events: [processEvent(1)] })).status, 503);
  Object.assign(store.events, { add });
  assert.deepEqual((await uplink.report(REPORT_PATHS.events, { events: [processEvent(1)] })).data, { eventSeq: 1 });
  await stop();
});

Deno.test("what a body says of who reports means nothing: a result is of the host whose session it came by", async () => {
  const fixture = await hubFixture();
  const [web, db] = [await fixture.host("web"), await fixture.host("db")];
  const lie = { ...taskResult("task-of-web"), hostId: web.hostId };
  assert.equal((await db.report(REPORT_PATHS.taskResult, lie)).status, 200);
  assert.deepEqual(fixture.results.map(([hostId, { id }]) => [hostId, id]), [[db.hostId, "task-of-web"]]);
  fixture.refuseResult = new AppError("not_found", "This host was given no such task");
  const refused = await db.report(REPORT_PATHS.taskResult, taskResult("task-of-web"));
  assert.deepEqual([refused.status, refused.code], [404, ERRORS.not_found.number]);
  await fixture.stop();
});

Deno.test("what is no report is refused with a clear code, and the session goes on", async () => {
  const { host, clock, records, stop } = await hubFixture();
  const uplink = await host();
  const many = Array.from({ length: 501 }, () => ({ timeMs: 1, values: [] }));
  const cases: [path: string, body: unknown, status: number][] = [
    [REPORT_PATHS.heartbeat, "no JSON", 400],
    [REPORT_PATHS.heartbeat, { timeMs: "x" }, 400],
    [REPORT_PATHS.heartbeat, { timeMs: 1, state: "ok", sample: null, settingsVersion: 0, processes: [{ id: 5 }] }, 400],
    [REPORT_PATHS.backfill, { rows: many }, 400],
    [REPORT_PATHS.backfill, `{"rows":[],"x":"${"x".repeat(3_000_000)}"}`, 413],
    ["/v1/enrol", {}, 404],
    ["/v1/heartbeat?x=1", {}, 404],
    ["/v1/heartbeat/../tasks/result", {}, 400],
  ];
  for (const [path, body, status] of cases) assert.equal((await uplink.report(path, body)).status, status, path);
  assert.equal((await uplink.heartbeat(clock.nowMs())).status, 200);
  assert.equal(records.filter(({ level }) => level === "error").length, 0);
  await stop();
});

Deno.test("a host that reports without end is told to wait, and others are not", async () => {
  const { host, clock, stop } = await hubFixture();
  const [noisy, calm] = [await host("noisy"), await host("calm")];
  let refused = 0;
  for (let at = 0; at < 400; at++) if ((await noisy.heartbeat(clock.nowMs())).status === 429) refused++;
  assert.ok(refused >= 90 && refused <= 110, String(refused));
  assert.equal((await calm.heartbeat(clock.nowMs())).status, 200);
  await clock.advance(1_000);
  assert.equal((await noisy.heartbeat(clock.nowMs())).status, 200);
  await stop();
});

Deno.test("a host whose clock is off is degraded, with the reason", async () => {
  const { host, clock, view, stop } = await hubFixture();
  const uplink = await host();
  await uplink.heartbeat(clock.nowMs() + 26 * 3_600_000);
  assert.deepEqual([view(uplink).state, view(uplink).reason], [
    "degraded",
    "its clock is 1d2h ahead of the manager's, so its samples stand at wrong times",
  ]);
  await uplink.heartbeat(clock.nowMs() - 600_000, { state: "degraded", reason: "disk:\nfull" });
  assert.match(view(uplink).reason, /^its clock is 10m behind .*; disk: full$/);
  await uplink.heartbeat(clock.nowMs() + 60_000);
  assert.equal(view(uplink).state, "online");
  await stop();
});

Deno.test("what hosts say without bounds is bounded where it is kept", async () => {
  const { host, clock, view, hub, stop } = await hubFixture();
  const uplink = await host();
  const labels = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`l${at}`, "x"]));
  const policy = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`p${at}`, "on"]));
  await uplink.heartbeat(clock.nowMs(), {
    processes: [{ ...brief("api"), labels }],
    facts: { ...uplink.facts, policy: { ...policy, exec: "off" } },
  });
  assert.deepEqual(view(uplink).facts?.policy, { exec: "off" });
  assert.equal(Object.keys(hub.processes()[0]?.labels ?? {}).length, 64);
  await settle();
  await stop();
});

Deno.test("no report, whatever it holds, makes the manager fail or ends the session", async () => {
  const { host, clock, records, stop } = await hubFixture();
  const uplink = await host();
  const near = fc.record({
    timeMs: fc.oneof(fc.double(), fc.integer()),
    state: fc.constantFrom("ok", "degraded", "x"),
    sample: fc.option(fc.record({ timeMs: fc.double(), values: fc.array(fc.option(fc.double())) })),
    settingsVersion: fc.double(),
    processes: fc.array(fc.jsonValue(), { maxLength: 3 }),
    rows: fc.array(fc.record({ timeMs: fc.double(), values: fc.array(fc.double()) })),
    events: fc.array(fc.jsonValue(), { maxLength: 3 }),
  }, { requiredKeys: [] });
  const body = fc.oneof(near, fc.jsonValue(), fc.string());
  await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.values(REPORT_PATHS)), body, async (path, value) => {
    await clock.advance(100);
    const { status } = await uplink.report(path, value);
    assert.ok([200, 400].includes(status), String(status));
  }));
  assert.equal(records.filter(({ level }) => level === "error").length, 0);
  await stop();
});
