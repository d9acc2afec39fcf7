import assert from "node:assert/strict";
import { runs, until } from "../helpers/host.ts";
import { managed } from "../helpers/managed.ts";

const EXEC_ON = "policy:\n  exec: on\n";
const WEB = `processes:
  - id: web
    command: [/bin/sh, -c, 'i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.1; done']
`;

managed("a host joins by one command, is shown with its samples, and is asked by --host", async (world) => {
  const host = await world.host("web-1", WEB, ["env=prod"]);
  const shown = await world.untilHost(
    "web-1",
    ({ state, latest }) => state === "online" && latest !== undefined,
    "reports",
  );
  assert.deepEqual([shown.labels, shown.facts?.hostname, shown.kind], [{ env: "prod" }, Deno.hostname(), "agent"]);
  assert.ok((shown.latest?.values["memory.used_percent"] ?? 0) > 0, JSON.stringify(shown.latest));
  const { managerId } = (await world.api("/api/v1/status")).envelope.data;
  assert.match(String(managerId), /^[0-9a-f-]{36}$/);
  assert.equal((await host.status() as { manager?: { managerId?: string } }).manager?.managerId, managerId);
  await world.untilHost("web-1", ({ processes }) => processes.total === 1, "tells of its process");

  const ps = await world.expectUser(0, ["ps", "--host", "web-1"]);
  assert.match(ps.stdout, /^ID +STATE .*\nweb +running/);
  const { stdout } = await world.expectUser(0, ["logs", "web", "-n", "1", "--host", "web-1"]);
  assert.match(stdout, /^line \d+\n$/);
  const status = JSON.parse((await world.expectUser(0, ["status", "--json", "--host", "web-1"])).stdout);
  assert.equal(status.pid, await host.pid());

  const follower = await world.spawnUser(["logs", "web", "-f", "--host", "web-1"]);
  await follower.printed("line 1");
  follower.signal("SIGINT");
  assert.equal((await follower.ended).code, 130);

  await world.expectUser(0, ["process", "stop", "web", "--host", "web-1"]);
  assert.match((await host.expect(0, ["ps"])).stdout, /web +stopped/);
  await world.expectUser(0, ["process", "start", "web", "--host", "web-1"]);
  assert.match((await host.expect(0, ["ps"])).stdout, /web +running/);
  assert.match((await world.expectUser(0, ["events", "--host", "web-1"])).stdout, /web +stopped/);
  assert.match((await world.expectUser(0, ["top", "--once", "--host", "web-1"])).stdout, /CPU/);
});

managed("what a host does not allow is refused there, with the line that would allow it", async (world) => {
  const host = await world.host("web-1");
  const refused = await world.expectUser(4, ["exec", "web-1", "--", "id", "-u"]);
  assert.match(refused.stderr, /policy\.exec: on/);
  await host.configure(`${await Deno.readTextFile(host.configFile)}\n${EXEC_ON}`);
  await host.expect(0, ["reload"]);
  const ran = await world.expectUser(0, ["exec", "web-1", "--", "sh", "-c", "echo out; echo err >&2; exit 0"]);
  assert.deepEqual([ran.stdout, ran.stderr], ["out\n", "err\n"]);
  assert.equal((await world.user(["exec", "web-1", "--", "sh", "-c", "exit 7"])).code, 7);
  const late = await world.expectUser(5, ["exec", "web-1", "--timeout", "1s", "--", "sleep", "1000"]);
  assert.match(late.stderr, /not done within the time allowed/);
});

managed("an exec that is left is ended on the host with all that it has started", async (world) => {
  const host = await world.host("web-1", EXEC_ON);
  const pidFile = `${host.dir}/pid`;
  const script = `sleep 1000 & echo $! > ${pidFile}; wait`;
  const running = await world.spawnUser(["exec", "web-1", "--", "sh", "-c", script]);
  const written = async () => Number(await Deno.readTextFile(pidFile).catch(() => ""));
  await until(async () => await written() > 0, "the command has begun");
  const pid = await written();
  running.signal("SIGINT");
  await running.ended;
  await until(() => !runs(pid), "what it started is gone");
});

managed("tasks wait for a host that is away, and are done once, over the death of both programs", async (world) => {
  const host = await world.host("web-1", EXEC_ON);
  await host.expect(0, ["stop"]);
  await world.untilHost("web-1", ({ state }) => state === "offline", "is offline");
  assert.equal((await world.user(["ps", "--host", "web-1"])).code, 8);
  const done = `${host.dir}/done`;
  const command = ["--", "sh", "-c", `echo once >> ${done}`];
  await world.expectUser(0, ["tasks", "run", "web-1", "--title", "mark", ...command]);
  assert.deepEqual((await world.tasks()).map(({ state, title }) => [state, title]), [["queued", "mark"]]);
  await world.kill();
  await world.start();
  await host.expect(0, ["start"]);
  await until(async () => (await world.tasks())[0]?.state === "done", "the task is done");
  assert.equal(await Deno.readTextFile(done), "once\n");

  const long = ["--", "sh", "-c", `echo x >> ${done}; sleep 1000`];
  await world.expectUser(0, ["tasks", "run", "web-1", "--title", "long", ...long]);
  await until(async () => (await Deno.readTextFile(done)) === "once\nx\n", "the second task has begun");
  Deno.kill(await host.pid(), "SIGKILL");
  await host.expect(0, ["start"]);
  await until(async () => (await world.tasks())[0]?.state === "failed", "the task that was cut off has failed");
  assert.match((await world.tasks())[0]?.reason ?? "", /not run again|ended while/);
  assert.equal(await Deno.readTextFile(done), "once\nx\n");
});

managed("a task that runs is ended when it is cancelled, with all that it has started", async (world) => {
  const host = await world.host("web-1", EXEC_ON);
  const pidFile = `${host.dir}/pid`;
  const written = async () => Number(await Deno.readTextFile(pidFile).catch(() => ""));
  await world.expectUser(0, ["tasks", "run", "web-1", "--", "sh", "-c", `sleep 1000 & echo $! > ${pidFile}; wait`]);
  await until(async () => await written() > 0, "the task has begun");
  const [task] = await world.tasks();
  await world.expectUser(0, ["tasks", "cancel", task?.id ?? ""]);
  const [cancelled] = await world.tasks();
  assert.deepEqual([cancelled?.state, cancelled?.result?.outcome], ["cancelled", "cancelled"]);
  const pid = await written();
  await until(() => !runs(pid), "what it has started is gone");
});

managed("settings of the manager are in force on its hosts without a restart, and survive one", async (world) => {
  const host = await world.host("web-1");
  await world.manager(["settings", "set", "collectors.cpu.interval=3s", "manager.heartbeat_interval=1s"]);
  const shown = async () => (await host.expect(0, ["config", "show"])).stdout;
  await until(async () => /collectors\.cpu\.interval +3s +manager/.test(await shown()), "the setting is in force");
  const { pid } = await host.status();
  assert.equal(pid, await host.pid());
  await host.expect(0, ["restart"]);
  assert.match(await shown(), /collectors\.cpu\.interval +3s +manager/);
  const refused = await world.manager(["settings", "set", "collectors.cpu.interval=soon"], 2);
  assert.match(refused.stderr, /collectors\.cpu\.interval/);
});

managed("a host that was removed does not come back, and says so", async (world) => {
  const host = await world.host("web-1");
  await world.manager(["hosts", "remove", "web-1"]);
  assert.deepEqual(await world.hosts(), []);
  await until(async () => {
    const { manager } = await host.status() as { manager?: { state?: string } };
    return manager?.state === "refused";
  }, "the host knows that it was removed");
  assert.equal((await host.status()).state, "degraded");
});

managed("every change and remote action stands in the audit, whose chain is whole", async (world) => {
  await world.host("web-1", WEB);
  await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  await world.expectUser(0, ["process", "restart", "web", "--host", "web-1"]);
  await world.user(["exec", "web-1", "--", "id"]);
  const { stdout } = await world.manager(["audit", "list", "--json"]);
  const entries: { action: string; actor: string; result: string }[] = JSON.parse(stdout).entries;
  const told = entries.map(({ actor, result, action }) => `${actor} ${result} ${action}`).join("\n");
  assert.match(told, /ada ok .*process/i);
  assert.match(told, /ada (refused|failed) .*exec/i);
  assert.equal(JSON.parse((await world.manager(["audit", "verify", "--json"])).stdout).ok, true);
});
