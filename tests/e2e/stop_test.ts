import assert from "node:assert/strict";
import { scenario, type World } from "../helpers/agent.ts";
import { exists, runs, until } from "../helpers/host.ts";

async function assertStopped(world: World, pid: number): Promise<void> {
  assert.equal(runs(pid), false, `process ${pid} still runs`);
  assert.equal(await exists(world.pidFile), false, "the pid file is left");
  assert.equal(await exists(world.socket), false, "the socket is left");
  assert.deepEqual(await world.processes(), []);
}

scenario("stop ends the agent gracefully and leaves no pid file and no socket", async (world) => {
  const pid = await world.start();
  const { stdout, stderr } = await world.expect(0, ["stop"]);
  assert.equal(stdout, `agent stopped, pid ${pid}\n`);
  assert.equal(stderr, "");
  await assertStopped(world, pid);
  const log = await world.logRecords();
  assert.deepEqual(log.map(({ msg }) => msg).slice(-1), ["agent stopped"]);
  assert.deepEqual([log.at(-1)?.stuck, log.at(-1)?.failed], [[], []]);
  assert.deepEqual(log.filter(({ level }) => level === "warn" || level === "error"), []);
});

scenario("stop says with exit code 3 that no agent runs", async (world) => {
  const { stderr } = await world.expect(3, ["stop"]);
  assert.equal(stderr, `error: The agent is not running: nothing answers on ${world.socket}\n`);
  const { stderr: json } = await world.expect(3, ["stop", "--json"]);
  assert.equal(JSON.parse(json).code, 10_014);
  assert.equal(await exists(world.workDir), false, "a stop must not make directories");
});

scenario("stop of an agent that hangs says so with exit code 5, and kills it only when forced", async (world) => {
  const pid = await world.start();
  Deno.kill(pid, "SIGSTOP");
  const { stderr } = await world.expect(5, ["stop", "--timeout", "1s"]);
  assert.match(stderr, new RegExp(`The agent, pid ${pid}, has not ended within 1 s \\(it does not answer\\)`));
  assert.match(stderr, /"agent stop --force" kills it/);
  assert.equal(runs(pid), true);
  const forced = await world.expect(0, ["stop", "--timeout", "1s", "--force", "--json"]);
  assert.deepEqual(JSON.parse(forced.stdout), { pid, unstopped: [], killed: true });
  assert.equal(runs(pid), false);
  assert.notEqual(await world.start(), pid);
});

scenario("a request under way does not keep the agent from stopping within the time allowed", async (world) => {
  const pid = await world.start();
  const socket = await world.connect();
  socket.write(
    "POST /v1/stop HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
  );
  await world.api("/healthz");
  await world.expect(0, ["stop", "--timeout", "1s"]);
  socket.destroy();
  await assertStopped(world, pid);
});

scenario("stop works after the pid file or the socket has vanished", async (world) => {
  const first = await world.start();
  await Deno.remove(world.pidFile);
  await world.expect(0, ["stop"]);
  await assertStopped(world, first);
  const second = await world.start();
  await Deno.remove(world.socket);
  await world.expect(0, ["stop"]);
  await assertStopped(world, second);
});

scenario("restart gives a new agent, and starts one where none ran", async (world) => {
  const { stdout, stderr } = await world.expect(0, ["restart"]);
  assert.match(stdout, /^agent started, pid \d+$/m);
  assert.equal(stderr, "agent was not running\n");
  const before = await world.pid();
  const again = await world.expect(0, ["restart"]);
  assert.match(
    again.stdout,
    new RegExp(`^agent stopped, pid ${before}\nagent started, pid ${await world.pid()}$`, "m"),
  );
  assert.notEqual(await world.pid(), before);
  assert.equal(runs(before), false);
});

scenario("restart with a bad config refuses and keeps the old agent alive", async (world) => {
  const pid = await world.start();
  await world.configure("agent:\n  stop_timeout: soon\n");
  const { stderr } = await world.expect(2, ["restart"]);
  assert.match(stderr, /line 2: agent\.stop_timeout must be a duration/);
  assert.equal((await world.status()).pid, pid);
});

scenario("restart makes changed settings effective that a reload cannot", async (world) => {
  await world.start();
  const log = `${world.dir}/elsewhere.log`;
  await world.configure(`agent: { log: { file: ${log} } }\n`);
  await world.expect(0, ["restart"]);
  assert.equal(await exists(log), true);
});

scenario("two stops at once both succeed, or one finds nothing left to stop", async (world) => {
  const pid = await world.start();
  const codes = (await Promise.all([world.agent(["stop"]), world.agent(["stop"])])).map(({ code }) => code);
  assert.ok(codes.includes(0) && codes.every((code) => code === 0 || code === 3), `exit codes ${codes}`);
  await until(() => !runs(pid), "the agent has ended");
  await assertStopped(world, pid);
});
