import assert from "node:assert/strict";
import { agentOf, untilBeat, withBoth } from "../helpers/agent_and_manager.ts";
import { problem, startFakeManager } from "../helpers/fake_manager.ts";
import { freeAddress, until } from "../helpers/host.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import { REPORT_PATHS } from "../../src/protocol/mod.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("settings are put in force, remembered over a restart, and told", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    {
      await using agent = await agentOf(manager, dir);
      await agent.untilLink("connected");
      manager.behaviour.answer = {
        settings: { version: 4, values: { "collectors.interval": "2s", "collectors.exec": [] } },
      };
      await until(() => manager.heartbeats.at(-1)?.settingsVersion === 4, "the version is told");
      manager.behaviour.answer = {};
      const { config } = await agent.status();
      assert.ok(config.warnings.some((warning) => warning.includes("collectors.exec is ignored")), "not the manager's");
      const cpu = async () => {
        const report = await agent.client.call("/v1/collectors") as {
          collectors: { name: string; intervalMs: number }[];
        };
        return report.collectors.find(({ name }) => name === "cpu")?.intervalMs;
      };
      await until(async () => await cpu() === 2_000, "the new interval is in force");
    }
    await using agent = await agentOf(manager, dir);
    await agent.untilLink("connected");
    assert.equal(manager.proofs.at(-1)?.settingsVersion, 4);
    const report = await agent.client.call("/v1/collectors") as { collectors: { name: string; intervalMs: number }[] };
    assert.equal(report.collectors.find(({ name }) => name === "cpu")?.intervalMs, 2_000);
  }));

Deno.test("bad settings change nothing, are told, and are not tried again and again", () =>
  withBoth({}, [], async (manager, agent) => {
    await agent.untilLink("connected");
    manager.behaviour.answer = { settings: { version: 5, values: { "collectors.interval": "soon" } } };
    const trouble = async () => (await agent.status()).components.find(({ name }) => name === "uplink");
    await until(async () => (await trouble())?.state === "degraded", "it is told");
    assert.match(
      (await trouble())?.reason ?? "",
      /settings 5 of the manager are not in force: .*collectors\.interval must be/,
    );
    await untilBeat(manager, manager.heartbeats.length + 2);
    const refusals = agent.records.filter(({ msg }) => msg === "the manager's settings are not in force");
    assert.equal(refusals.length, 1);
    assert.equal(manager.heartbeats.at(-1)?.state, "degraded");
    assert.equal(manager.heartbeats.at(-1)?.settingsVersion, 0);
    manager.behaviour.answer = { settings: { version: 6, values: { "collectors.interval": "3s" } } };
    await until(async () => (await trouble())?.state === "ok", "good ones are taken");
    assert.equal(manager.heartbeats.at(-1)?.state === "degraded" || manager.heartbeats.length > 0, true);
  }));

Deno.test("what was measured without the manager is told when it is back, oldest first, besides what is measured now", () =>
  inTempDir(async (dir) => {
    const { port, hostname } = freeAddress();
    const hosts = new Map<string, string>();
    await using first = startFakeManager({ hostname, port, hosts });
    await using agent = await agentOf(first, dir);
    await until(() => first.heartbeats.some(({ sample }) => sample !== null), "a sample is told");
    await untilBeat(first, first.heartbeats.length + 2);
    await first[Symbol.asyncDispose]();
    const lastMs = first.heartbeats.findLast(({ sample }) => sample !== null)?.sample?.timeMs ?? assert.fail();
    await until(() => Date.now() > lastMs + 4_500, "some time passes without the manager");
    await using second = startFakeManager({ hostname, port, hosts, have: { sampleMs: lastMs, eventSeq: 0 } });
    await agent.untilLink("connected");
    await until(() => second.backfills.length > 0, "the gap is told");
    const times = second.backfills.flatMap(({ rows }) => rows.map(({ timeMs }) => timeMs));
    assert.ok(times.length >= 2, `${times.length} rows`);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    assert.ok(times.every((time) => time > lastMs && time <= Date.now()));
    assert.ok(second.backfills[0]?.rows.some(({ values }) => values.some((value) => value !== null)));
    await untilBeat(second, second.heartbeats.length + 2);
    assert.equal(second.backfills.length, 1, "it is told once");
  }));

Deno.test({
  ...posix,
  name: "what happens to processes is told as it happens, and what has happened without the manager when it is back",
  fn: () =>
    inTempDir(async (dir) => {
      const { port, hostname } = freeAddress();
      const hosts = new Map<string, string>();
      const sets = ['supervisor.heartbeat.listen=""', "processes=[{id: a, command: [/bin/sleep, '600']}]"];
      await using first = startFakeManager({ hostname, port, hosts });
      await using agent = await agentOf(first, dir, ...sets);
      const act = (action: string) =>
        agent.client.call("/v1/processes/actions", { method: "POST", body: { action, select: { all: true } } });
      try {
        await until(() => first.events.some(({ state }) => state === "running"), "the start is told");
        await until(
          () => first.heartbeats.some(({ processes }) => processes?.[0]?.state === "running"),
          "it is listed",
        );
        const seen = first.events.at(-1)?.seq ?? 0;
        await first[Symbol.asyncDispose]();
        await act("stop");
        await using second = startFakeManager({ hostname, port, hosts, have: { sampleMs: null, eventSeq: seen } });
        await until(() => second.events.some(({ state }) => state === "stopped"), "the stop is told");
        const told = second.events.map(({ seq }) => seq);
        assert.deepEqual(told, Array.from(told, (_, at) => seen + 1 + at), "each once, in order");
        await act("start");
        await until(() => second.events.at(-1)?.state === "running", "the new start is told as it happens");
        await until(() => second.heartbeats.at(-1)?.processes?.[0]?.state === "running", "and listed");
      } finally {
        await act("stop");
      }
    }),
});

Deno.test("a manager that does not answer a heartbeat is left and dialled anew; one that says no is not", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    await using agent = await agentOf(manager, dir, "manager.timeout=300ms");
    await untilBeat(manager);
    manager.behaviour.onReport = (path) => path === REPORT_PATHS.heartbeat ? problem(503, 10011, "busy") : null;
    const beats = manager.heartbeats.length;
    await until(() => agent.records.some(({ msg }) => msg === "heartbeat failed"), "it is told");
    assert.equal(manager.proofs.length, 1);
    manager.behaviour.onReport = () => new Promise(() => {});
    await until(() => manager.proofs.length > 1, "it is dialled anew");
    assert.ok(
      agent.records.some(({ fields }) => /did not answer a heartbeat in time/.test(String(fields?.["reason"]))),
    );
    manager.behaviour.onReport = null;
    await untilBeat(manager, beats + 1);
  }));

Deno.test("a manager that drains is left when it says, and come back to", () =>
  withBoth({ intervalMs: 1_000 }, [], async (manager, agent) => {
    await untilBeat(manager);
    manager.behaviour.answer = { drainMs: 200 };
    await until(() => manager.proofs.length > 1, "it comes back");
    manager.behaviour.answer = {};
    const end = agent.records.find(({ msg }) => msg === "connection to the manager ended");
    assert.match(String(end?.fields?.["reason"]), /asked this host to connect anew/);
    await untilBeat(manager);
    await (await manager.session()).drain(AbortSignal.timeout(5_000));
    await until(() => manager.proofs.length > 2, "it comes back after a go-away as well");
    assert.equal(manager.mostSessions, 1);
  }));

Deno.test("a task is done once, over lost answers and a new start, and its result is told until it is taken", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    const operation = { method: "PUT", path: "/v1/log-level", body: { level: "warn" } };
    const task = { id: "task-0001", operation, expiresInMs: 60_000, timeoutMs: 10_000 };
    const deliver = () => manager.ask("/v1/tasks", { method: "POST", body: JSON.stringify(task) });
    manager.behaviour.onReport = (path) => path === REPORT_PATHS.taskResult ? problem(503, 10011, "not now") : null;
    {
      await using agent = await agentOf(manager, dir, "agent.log.level=info");
      await agent.untilLink("connected");
      assert.equal((await deliver()).status, 200);
      await until(async () => ((await deliver()).data as { state: string }).state === "ended", "it has ended");
      assert.deepEqual(await agent.client.call("/v1/log-level"), { level: "warn" });
      assert.equal(manager.results.length, 0);
    }
    manager.behaviour.onReport = null;
    await using agent = await agentOf(manager, dir, "agent.log.level=info");
    await until(() => manager.results.length > 0, "the result is told after the new start");
    assert.deepEqual([manager.results[0]?.outcome, manager.results[0]?.output], ["done", '{"level":"warn"}']);
    assert.equal(((await deliver()).data as { state: string }).state, "ended");
    assert.notDeepEqual(await agent.client.call("/v1/log-level"), { level: "warn" }, "it was not done again");
  }));

Deno.test("a task may do no more than the policy lets the manager do when it begins", () =>
  withBoth({}, [], async (manager, agent) => {
    await agent.untilLink("connected");
    const deliver = (id: string, operation: unknown) =>
      manager.ask("/v1/tasks", {
        method: "POST",
        body: JSON.stringify({ id, operation, expiresInMs: 60_000, timeoutMs: 10_000 }),
      });
    await deliver("task-exec", { method: "POST", path: "/v1/exec", body: { argv: ["true"] } });
    await deliver("task-stop", { method: "POST", path: "/v1/stop", body: {} });
    await deliver("task-task", { method: "POST", path: "/v1/tasks", body: {} });
    await until(() => manager.results.length === 3, "all have ended");
    for (const { outcome, status, message } of manager.results) {
      assert.deepEqual([outcome, status], ["failed", 403]);
      assert.match(message, /policy\.exec: on|cannot be reached through the tunnel/);
    }
  }));

Deno.test({
  ...posix,
  name: "a long answer streams through the tunnel, and who leaves it ends it",
  fn: () =>
    withBoth({}, ["policy.exec=on"], async (manager, agent) => {
      await agent.untilLink("connected");
      const session = await manager.session();
      const response = await session.fetch(
        new Request("http://tunnel/v1/exec/stream", {
          method: "POST",
          body: JSON.stringify({ argv: ["/bin/sh", "-c", "while :; do echo x; sleep 0.01; done"] }),
          headers: { "content-type": "application/json" },
        }),
      );
      const reader = response.body?.getReader();
      assert.match(new TextDecoder().decode((await reader?.read())?.value), /event: stdout/);
      await reader?.cancel();
      const hasEnded = () => agent.records.some(({ msg }) => msg === "command not completed");
      await until(hasEnded, "the command was ended");
      assert.equal(agent.records.find(({ msg }) => msg === "command started")?.fields?.["by"], "manager");
    }),
});
