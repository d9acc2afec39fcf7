import assert from "node:assert/strict";
import { EXECUTABLE, scenario, type World } from "../helpers/agent.ts";
import { exists, freeAddress, IS_LINUX, procStat, readProc, runs, until } from "../helpers/host.ts";

/** A start that failed must leave nothing that the next one would trip over. */
async function assertNothingLeft(world: World): Promise<void> {
  assert.equal(await exists(world.pidFile), false, "a pid file is left");
  assert.equal(await exists(world.socket), false, "a socket is left");
  assert.deepEqual(await world.processes(), []);
}

scenario("start returns once the agent answers and says where everything is", async (world) => {
  const { stdout, stderr } = await world.expect(0, ["start"]);
  const status = await world.status();
  assert.equal(status.state, "ok");
  assert.equal(stderr, "");
  assert.match(stdout, new RegExp(`^agent started, pid ${status.pid}$`, "m"));
  assert.match(stdout, new RegExp(`^ +version +${status.version}$`, "m"));
  assert.match(stdout, new RegExp(`^ +config +${world.configFile}$`, "m"));
  assert.match(stdout, new RegExp(`^ +log +${world.logFile}$`, "m"));
  assert.equal(await world.pid(), status.pid);
});

scenario("a second start finds the agent running: same pid, exit code 0, JSON on demand", async (world) => {
  const first = JSON.parse((await world.expect(0, ["start", "--json"])).stdout);
  assert.deepEqual(first, {
    pid: await world.pid(),
    version: (await world.status()).version,
    config: world.configFile,
    log: world.logFile,
    alreadyRunning: false,
    processes: { total: 0, byState: {} },
  });
  const second = JSON.parse((await world.expect(0, ["start", "--json"])).stdout);
  assert.deepEqual(second, { ...first, alreadyRunning: true });
  const { stdout } = await world.expect(0, ["start"]);
  assert.match(stdout, new RegExp(`^agent runs already, pid ${first.pid}$`, "m"));
  assert.equal((await world.processes()).length, 1);
});

scenario("the agent has a session of its own, no terminal and no stream of its starter", async (world) => {
  const pid = await world.start();
  if (!IS_LINUX) return;
  const stat = procStat(pid);
  assert.equal(stat?.session, pid);
  assert.equal(stat?.terminal, 0);
  const streams = [0, 1, 2].map((fd) => Deno.readLinkSync(`/proc/${pid}/fd/${fd}`));
  assert.deepEqual(streams, ["/dev/null", `${world.workDir}/agent.stderr`, `${world.workDir}/agent.stderr`]);
  assert.ok(EXECUTABLE === undefined || readProc(`${pid}/cmdline`).startsWith(EXECUTABLE));
});

scenario("the agent survives the end of the shell that started it, a hangup included", async (world) => {
  const shell = await world.agent(["start"], { shell: '"$@" && kill -HUP 0', detached: true });
  assert.equal(shell.signal, "SIGHUP", "the shell should have ended by its hangup");
  assert.match(shell.stdout, /^agent started/);
  assert.equal((await world.status()).pid, await world.pid());
  assert.equal(runs(await world.pid()), true);
});

scenario("start works with every standard stream closed", async (world) => {
  await world.expect(0, ["start"], { shell: 'exec "$@" <&- >&- 2>&-' });
  assert.equal((await world.status()).state, "ok");
});

scenario("start fails with the port's name when another program listens on it", async (world) => {
  const { hostname, port, text } = freeAddress();
  using _ = Deno.listen({ hostname, port });
  const { stderr } = await world.expect(1, ["start", "--set", `agent.control.listen=${text}`]);
  assert.match(stderr, new RegExp(`^error: The agent did not start: .*Cannot listen on ${text}: another program does`));
  await assertNothingLeft(world);
  await world.start();
});

scenario("start refuses a bad config with its line and exit code 2", async (world) => {
  await world.configure("agent:\n  log:\n    levl: debug\n");
  const { stderr } = await world.expect(2, ["start"]);
  const message =
    `Cannot read config ${world.configFile}: line 3: agent.log.levl is not a known key; did you mean "level"?`;
  assert.equal(stderr, `error: ${message}\n`);
  const { stderr: json } = await world.expect(2, ["start", "--json"]);
  const { code, msg, data } = JSON.parse(json);
  assert.deepEqual([code, msg, data.problems[0].line], [10_002, message, 3]);
  await assertNothingLeft(world);
});

scenario("start fails when the log cannot be written, and says which setting to change", async (world) => {
  const { stderr } = await world.expect(1, ["start", "--set", `agent.log.file=${world.dir}`]);
  assert.match(stderr, new RegExp(`Cannot write the log ${world.dir}: .*set agent\\.log\\.file elsewhere`));
  await assertNothingLeft(world);
});

scenario("start fails when the work directory is a file, or cannot be made", async (world) => {
  await Deno.writeTextFile(world.workDir, "in the way");
  const { stderr } = await world.expect(1, ["start"]);
  assert.match(stderr, new RegExp(`Cannot make the private directory ${world.workDir}:`));
  const below = `${world.workDir}/below`;
  const other = await world.expect(1, ["start"], { flags: ["--config", world.configFile, "--work-dir", below] });
  assert.match(other.stderr, new RegExp(`Cannot make the private directory ${below}:`));
  assert.deepEqual(await world.processes(), []);
  assert.equal(await Deno.readTextFile(world.workDir), "in the way");
});

scenario(
  "start fails when a file that is no socket is where the socket should be, and leaves it alone",
  async (world) => {
    const path = `${world.dir}/precious`;
    await Deno.writeTextFile(path, "text");
    const { stderr } = await world.expect(1, ["start", "--set", `agent.control.socket=${path}`]);
    assert.match(stderr, /precious is in the way of the control socket and is not a socket/);
    assert.equal(await Deno.readTextFile(path), "text");
    await assertNothingLeft(world);
  },
);

scenario("a start that is not done in time fails with exit code 5 and leaves no agent behind", async (world) => {
  const { stderr } = await world.expect(5, ["start", "--timeout", "1ms"]);
  assert.match(stderr, /^error: The agent was not ready within 0\.001 s/);
  await until(async () => (await world.processes()).length === 0, "no process is left");
  await world.start();
});

scenario("start refuses a directory that others use, and leaves its rights alone", async (world) => {
  const shared = `${world.dir}/shared`;
  await Deno.mkdir(shared);
  await Deno.chmod(shared, 0o1777);
  await Deno.writeTextFile(`${shared}/somebody_elses`, "");
  const { stderr } = await world.expect(4, ["start"], { flags: ["--work-dir", shared] });
  assert.match(stderr, /other users can enter it, and it is not empty; name an empty or new directory/);
  assert.equal((await Deno.stat(shared)).mode! & 0o7777, 0o1777);
});
