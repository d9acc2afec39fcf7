import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError } from "../../core/mod.ts";
import { settingsVersion } from "../../protocol/mod.ts";
import { Settings } from "./settings.ts";

const never = new AbortController().signal;
const WEB = { name: "web-1", labels: { env: "prod", team: "web" } };

async function setUp(store = memoryStore().settings) {
  const { log, records } = recordingLog();
  const clock = new FakeClock();
  const settings = new Settings({ store, clock, log });
  await settings.component([]).start(never);
  return { settings, store, clock, records };
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, "it was not refused");
  return error;
}

Deno.test("who has not seen a rule's last change does not write over it, and who does not ask may", async () => {
  const { settings } = await setUp();
  const put = (value: string | null, updatedMs?: number | null) =>
    settings.put({ select: "env=prod", values: { "collectors.interval": value }, updatedMs }, "ann");
  const { rule: first } = await put("1s", null);
  const again = await refusal(put("2s", null));
  assert.deepEqual([again.code, /was changed by ann meanwhile/.test(again.message)], ["conflict", true]);
  const { rule: second } = await put("2s", first?.updatedMs);
  assert.equal((await refusal(put("3s", first?.updatedMs))).code, "conflict");
  assert.equal(settings.forHost(WEB).values["collectors.interval"], "2s");
  await put("4s");
  assert.equal(settings.forHost(WEB).values["collectors.interval"], "4s");
  await put(null);
  assert.match((await refusal(put("5s", second?.updatedMs))).message, /was removed meanwhile/);
  assert.deepEqual(settings.rules().rules, []);
});

Deno.test("a name wins over labels, labels over all, and among equals the rule that was changed last", async () => {
  const { settings, clock } = await setUp();
  const interval = () => settings.forHost(WEB).values["collectors.interval"];
  const put = (select: string, value: string) =>
    settings.put({ select, values: { "collectors.interval": value } }, "root");
  await put("name=web-*", "1s");
  await put("env=prod", "2s");
  await put("", "3s");
  assert.equal(interval(), "1s");
  await put("name=web-*", "1s"); // once more, so it is the later one
  await settings.remove(settings.rules().rules.find(({ select }) => select === "name=web-*")?.id ?? "", "root");
  assert.equal(interval(), "2s");
  clock.setWall(0); // the order of changes does not depend on the wall clock
  await put("team=web", "4s");
  assert.equal(interval(), "4s");
  await put("env=prod", "5s");
  assert.equal(interval(), "5s");
  assert.equal(settings.explain(WEB).values["collectors.interval"]?.select, "env=prod");
  assert.equal(settings.forHost({ name: "db", labels: {} }).values["collectors.interval"], "3s");
});

Deno.test("null takes a key out, and a rule without keys disappears", async () => {
  const { settings, store } = await setUp();
  const made = await settings.put({ select: " env = prod ", values: { collectors: { cpu: { interval: "5s" } } } }, "x");
  assert.deepEqual(made.rule?.values, { "collectors.cpu.interval": "5s" });
  await settings.put({ select: "env = prod", values: { "manager.timeout": "3s" } }, "x");
  assert.equal(settings.rules().rules.length, 1);
  await settings.put({ select: "env = prod", values: { collectors: null } }, "x");
  assert.deepEqual(settings.rules().rules[0]?.values, { "manager.timeout": "3s" });
  const last = await settings.put({ select: "env = prod", values: { "manager.timeout": null } }, "x");
  assert.equal(last.rule, null);
  assert.deepEqual((await store.all()).rules, []);
  assert.equal(last.version, settings.version());
  assert.equal((await settings.put({ select: "a=b", values: { "manager.timeout": null } }, "x")).rule, null);
});

Deno.test("a bad setting is refused with its key and reason, and nothing of its change is kept", async () => {
  const { settings } = await setUp();
  const put = (values: Record<string, unknown>, select = "") => refusal(settings.put({ select, values }, "x"));
  assert.match(
    (await put({ "collectors.cpu.interval": "soon" })).message,
    /collectors\.cpu\.interval must be a duration/,
  );
  const { code, details } = await put({ "manager.timeout": "5s", "policy.exec": true });
  assert.equal(code, "invalid_input");
  assert.deepEqual(details, {
    problems: [{ key: "policy", message: "policy is the host's own, and not the manager's to set" }],
  });
  assert.match((await put({ "hosts.unreachable_after": "soon" })).message, /must be a duration from 2s to 1d/);
  assert.match((await put({ "hosts.unreachable": "5s" })).message, /there is hosts\.unreachable_after, /);
  assert.match((await put({ "a b": 1 })).message, /words joined by dots/);
  assert.match((await put({ "manager.timeout": "5s" }, "=")).message, /selector/);
  assert.match(
    (await put({ "collectors.disk.mount_points": "x".repeat(70_000).split("") })).message,
    /characters at most/,
  );
  assert.deepEqual(settings.rules(), { version: 0, rules: [] });
});

Deno.test("keys of the manager's own are read and told to no host", async () => {
  const { settings } = await setUp();
  const values = { "hosts.unreachable_after": "45s", "hosts.flap_limit": 0, "manager.heartbeat_interval": "30s" };
  await settings.put({ select: "", values }, "x");
  const { times, values: told, heartbeatIntervalMs } = settings.forHost(WEB);
  assert.deepEqual([times.unreachableAfterMs, times.flapLimit, times.offlineAfterMs], [45_000, 0, null]);
  assert.deepEqual([told, heartbeatIntervalMs], [{ "manager.heartbeat_interval": "30s" }, 30_000]);
  assert.deepEqual(Object.keys(settings.explain(WEB).values), Object.keys(values));
});

Deno.test("a host's version is the same while its values are, and another when they change by whatever", async () => {
  const { settings, store } = await setUp();
  assert.equal(settings.forHost(WEB).version, 0);
  await settings.put({ select: "env=prod", values: { "collectors.interval": "5s" } }, "x");
  const { version } = settings.forHost(WEB);
  assert.equal(
    settings.forHost(WEB),
    settings.forHost({ name: "web-2", labels: { env: "prod" } }),
    "one object for both",
  );
  await settings.put({ select: "env=test", values: { "collectors.interval": "9s" } }, "x");
  assert.equal(settings.forHost(WEB).version, version);
  assert.notEqual(settings.forHost({ name: "web-1", labels: { env: "test" } }).version, version);
  const again = await setUp(store);
  assert.equal(again.settings.forHost(WEB).version, version, "after a restart of the manager");
});

Deno.test("versions differ when values do and are exact numbers", () => {
  const values = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())));
  fc.assert(fc.property(values, values, (a, b) => {
    const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
    assert.equal(settingsVersion(a) === settingsVersion(b), same);
    assert.ok(Number.isSafeInteger(settingsVersion(a)) && (settingsVersion(a) === 0) === (Object.keys(a).length === 0));
    assert.equal(settingsVersion(Object.fromEntries(Object.entries(a).reverse())), settingsVersion(a));
  }));
});

Deno.test("settings of an older version that hosts would not take are left out with a warning", async () => {
  const store = memoryStore().settings;
  const values = { "collectors.interval": "5s", "collectors.gone": 1 };
  await store.put({ id: "r", select: "", values, updatedMs: 1, updatedBy: "x" });
  const { settings, records } = await setUp(store);
  assert.deepEqual(settings.forHost(WEB).values, { "collectors.interval": "5s" });
  assert.equal(records.filter(({ level }) => level === "warn").length, 1);
});

Deno.test("changes at the same time follow one another, and each is told", async () => {
  const { settings } = await setUp();
  let told = 0;
  const stop = settings.onChange(() => told++);
  const keys = ["cpu", "disk", "load", "memory", "network"];
  await Promise.all(
    keys.map((key) => settings.put({ select: "", values: { [`collectors.${key}.interval`]: "5s" } }, "x")),
  );
  stop();
  await settings.put({ select: "", values: { collectors: null } }, "x");
  assert.equal(told, 5);
  const [change, missing] = [
    refusal(settings.remove("nothing", "x")),
    refusal(settings.put({ select: "=", values: {} }, "x")),
  ];
  assert.deepEqual([(await change).code, (await missing).code], ["not_found", "invalid_input"]);
});
