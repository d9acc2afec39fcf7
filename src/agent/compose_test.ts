import assert from "node:assert/strict";
import { join } from "node:path";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { systemClock } from "../core/mod.ts";
import { type ApiClient, localClient } from "../http/mod.ts";
import { type Component, COMPONENT_STATES, type StopReport } from "../lifecycle/mod.ts";
import { LOG_LEVELS } from "../log/mod.ts";
import { agentStatus, healthReport, logLevelState, stopReport } from "../protocol/mod.ts";
import { composeAgent, rateLimitOf } from "./compose.ts";

const never = new AbortController().signal;

/** An agent in a directory of its own, with these components besides its parts, from start to stop. */
async function withAgent(
  sets: readonly string[],
  extra: readonly Component[],
  use: (agent: Awaited<ReturnType<typeof start>>) => Promise<void>,
): Promise<void> {
  await inTempDir(async (dir) => {
    const agent = await start(dir, sets, extra);
    try {
      await use(agent);
    } finally {
      await agent.lifecycle.stop({ timeoutMs: 1_000 });
    }
  });
}

async function start(dir: string, sets: readonly string[], extra: readonly Component[]) {
  const { log, records } = recordingLog();
  const config = { sets };
  const stops: { reason: string; timeoutMs: number | undefined; report: Promise<StopReport> }[] = [];
  const { lifecycle, reloader } = composeAgent({
    loaded: await configIn(dir, ...sets),
    load: () => configIn(dir, ...config.sets),
    log,
    clock: systemClock,
    beginStop(reason, timeoutMs) {
      stops.push({ reason, timeoutMs, report: lifecycle.stop(timeoutMs === undefined ? {} : { timeoutMs }) });
    },
  });
  for (const component of extra) lifecycle.register(component);
  await lifecycle.start(never);
  const client: ApiClient = localClient(join(dir, "agent.sock"));
  return { dir, lifecycle, reloader, log, records, config, stops, client };
}

function part(name: string, changes: Partial<Component> = {}): Component {
  const nothing = () => Promise.resolve();
  return { name, dependsOn: ["control-socket"], start: nothing, stop: nothing, ...changes };
}

Deno.test("a composed agent starts, is ready, tells its status, and leaves nothing behind", async () => {
  await withAgent(["agent.control.listen=127.0.0.1:0", "agent.id=web-1"], [], async ({ dir, client, lifecycle }) => {
    assert.equal(healthReport.parse(await client.call("/readyz")).state, "ok");
    const status = agentStatus.parse(await client.call("/v1/status"));
    assert.equal(status.pid, Deno.pid);
    assert.equal(status.id, "web-1");
    assert.equal(status.mode, "standalone");
    assert.equal(status.listen, "127.0.0.1:0");
    assert.deepEqual(status.paths.socket, join(dir, "agent.sock"));
    assert.deepEqual(status.components.map(({ name, state }) => `${name} ${state}`), [
      "instance ok",
      "control-socket ok",
      "control-listen ok",
      "trim ok",
      "collectors ok",
      "supervisor ok",
      "exec ok",
      "terminal ok",
      "files ok",
    ]);
    await lifecycle.stop();
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["agent.lock"]);
  });
});

Deno.test("health follows the components: a degraded part is told, a failed one is a failed agent", async () => {
  await withAgent([], [part("uplink")], async ({ client, lifecycle }) => {
    lifecycle.report("uplink", "degraded", "no manager");
    assert.equal(healthReport.parse(await client.call("/readyz")).state, "degraded");
    lifecycle.report("uplink", "failed", "key refused");
    for (const path of ["/readyz", "/healthz"]) {
      const message = "The agent is failed: uplink (key refused)";
      await assert.rejects(client.call(path), { code: "unavailable", message });
    }
    lifecycle.report("uplink", "ok");
    assert.equal(healthReport.parse(await client.call("/healthz")).state, "ok");
  });
});

Deno.test("a starting agent answers, is healthy, and is not ready", async () => {
  const slow = Promise.withResolvers<void>();
  const starting = Promise.withResolvers<void>();
  await inTempDir(async (dir) => {
    const uplink = part("uplink", {
      start() {
        starting.resolve();
        return slow.promise;
      },
    });
    const started = start(dir, [], [uplink]);
    await starting.promise;
    const client = localClient(join(dir, "agent.sock"));
    assert.equal(healthReport.parse(await client.call("/healthz")).state, "starting");
    await assert.rejects(client.call("/readyz"), { code: "unavailable", message: /^The agent is starting: .*uplink/ });
    slow.resolve();
    const { lifecycle } = await started;
    assert.equal(healthReport.parse(await client.call("/readyz")).state, "ok");
    await lifecycle.stop();
  });
});

Deno.test("a stop by the API is answered once all has stopped, with how each part ended", async () => {
  const order: string[] = [];
  const stop = () => Promise.resolve(void order.push("stopped"));
  await withAgent([], [part("uplink", { stop })], async ({ client, stops }) => {
    const answer = client.call("/v1/stop", { method: "POST", body: { timeoutMs: 5_000 } });
    const { components } = stopReport.parse(await answer.finally(() => order.push("answered")));
    assert.deepEqual(components.map(({ name, state }) => `${name} ${state}`), [
      "trim stopped",
      "collectors stopped",
      "supervisor stopped",
      "exec stopped",
      "terminal stopped",
      "files stopped",
      "uplink stopped",
    ]);
    assert.deepEqual(order, ["stopped", "answered"]);
    assert.deepEqual(stops.map(({ reason, timeoutMs }) => [reason, timeoutMs]), [["control API", 5_000]]);
    assert.deepEqual((await stops[0]?.report)?.stuck, []);
  });
});

Deno.test("a stop by the API names what would not stop, and only that", async () => {
  const stubborn = part("stubborn", { stop: () => new Promise(() => {}) });
  const broken = part("broken", { stop: () => Promise.reject(new Error("cannot let go")) });
  await withAgent(["agent.control.listen=127.0.0.1:0"], [stubborn, broken], async ({ client, stops }) => {
    const { components } = stopReport.parse(
      await client.call("/v1/stop", { method: "POST", body: { timeoutMs: 20 } }),
    );
    const ends = components.map(({ name, state, reason }) => [name, [state, reason]]);
    assert.deepEqual(Object.fromEntries(ends), {
      supervisor: ["stopped", undefined],
      exec: ["stopped", undefined],
      terminal: ["stopped", undefined],
      files: ["stopped", undefined],
      trim: ["stopped", undefined],
      collectors: ["stopped", undefined],
      stubborn: ["failed", "did not stop within 20ms"],
      broken: ["failed", "cannot let go"],
    });
    const report = await stops[0]?.report;
    assert.deepEqual(report?.stuck, ["stubborn"]);
    assert.deepEqual(report?.failed.map(({ name }) => name), ["broken"]);
    const last = ["control-listen", "control-socket", "instance"];
    assert.deepEqual(report?.stopped.slice(-last.length), last);
    assert.deepEqual(report?.stopped.slice(0, -last.length).sort(), [
      "collectors",
      "exec",
      "files",
      "supervisor",
      "terminal",
      "trim",
    ]);
  });
});

Deno.test("while it stops the agent still answers, and is not ready", async () => {
  const slow = Promise.withResolvers<void>();
  const stopping = Promise.withResolvers<void>();
  const uplink = part("uplink", {
    stop() {
      stopping.resolve();
      return slow.promise;
    },
  });
  await withAgent([], [uplink], async ({ client, lifecycle }) => {
    const stopped = lifecycle.stop();
    await stopping.promise;
    await assert.rejects(client.call("/readyz"), { code: "unavailable", message: /^The agent is stopping: uplink/ });
    slow.resolve();
    await stopped;
  });
});

Deno.test("a reload by the API puts the live keys in force", async () => {
  await withAgent(["agent.log.level=info"], [], async ({ client, config, log, reloader }) => {
    config.sets = ["agent.log.level=debug", "agent.log.rate_limit=7", "agent.trim_interval=0", "agent.stop_timeout=9s"];
    const report = await client.call("/v1/reload", { method: "POST" });
    assert.deepEqual(report, {
      file: null,
      applied: ["agent.log.level", "agent.log.rate_limit", "agent.stop_timeout", "agent.trim_interval"],
      needsRestart: [],
      warnings: [],
    });
    assert.equal(log.level, "debug");
    assert.equal(reloader.current().config.agent.stop_timeout.ms, 9_000);
    config.sets = ["agent.log.level=loud"];
    await assert.rejects(client.call("/v1/reload", { method: "POST" }), { code: "invalid_config", message: /loud/ });
    assert.equal(log.level, "debug");
    assert.deepEqual(logLevelState.parse(await client.call("/v1/log-level")), { level: "debug" });
  });
});

Deno.test("two agents cannot run on one directory, and the second does no harm to the first", async () => {
  await withAgent([], [], async ({ dir, client }) => {
    await assert.rejects(start(dir, [], []), { code: "already_running", message: new RegExp(RegExp.escape(dir)) });
    assert.equal(healthReport.parse(await client.call("/readyz")).state, "ok");
  });
});

Deno.test("a rate limit of 0 is none", async () => {
  await inTempDir(async (dir) => {
    assert.equal(rateLimitOf((await configIn(dir, "agent.log.rate_limit=0")).config), null);
    assert.deepEqual(rateLimitOf((await configIn(dir, "agent.log.rate_limit=7")).config), { perSecond: 7 });
  });
});

Deno.test("the protocol knows every component state and log level that the program has", () => {
  for (const state of COMPONENT_STATES) assert.ok(healthReport.safeParse({ state, components: [] }).success, state);
  for (const level of LOG_LEVELS) assert.ok(logLevelState.safeParse({ level }).success, level);
});
