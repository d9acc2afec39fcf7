import assert from "node:assert/strict";
import { isSameProcess, processIdentity, readPidFile } from "../../src/platform/mod.ts";
import { agentHost, eventually, exists, kill } from "./agent_host.ts";

// Windows has no SIGTERM: an agent is stopped by its control API, or killed. Wine cannot show what closing a console
// window, logging off or a service control request do.
const ignore = Deno.build.os !== "windows";

Deno.test({ name: "start runs an agent in the background and tells where its things are", ignore }, async () => {
  await using host = await agentHost();
  const printed = await host.ok("start");
  const pid = Number(/^agent started, pid (\d+)$/m.exec(printed)?.[1]);
  assert.match(printed, /^ {2}version {2}\d+\.\d+\.\d+$/m);
  assert.match(printed, /^ {2}config {3}none: running on defaults$/m);
  assert.ok(printed.includes(`  log      ${host.paths.logFile}`), printed);
  const found = await readPidFile(host.paths.pidFile);
  assert.deepEqual(found, { state: "running", identity: processIdentity(pid) });
  assert.ok(exists(host.paths.socket));
});

Deno.test({ name: "a second start finds the first agent and leaves it alone", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  assert.match(await host.ok("start"), new RegExp(`^agent runs already, pid ${agent.pid}$`, "m"));
  const { pid, alreadyRunning } = JSON.parse(await host.ok("start", "--json"));
  assert.deepEqual([pid, alreadyRunning], [agent.pid, true]);
  assert.deepEqual(host.agentPids(), [agent.pid]);
});

Deno.test({ name: "status tells the same to people and to programs", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  const status = await host.status();
  assert.deepEqual([status.state, status.pid, status.mode], ["ok", agent.pid, "standalone"]);
  const { workDir, pidFile, logFile, socket } = host.paths;
  assert.deepEqual(status.paths, { workDir, pidFile, logFile, socket });
  assert.match(status.target, /^(x86_64|aarch64)-pc-windows-msvc$/);
  assert.ok(status.components.every(({ state }) => state === "ok"));
  const text = await host.ok("status");
  assert.match(text, /^● agent is ok since /);
  for (const shown of [`  pid       ${agent.pid}`, `  work dir  ${workDir}`, `  socket    ${socket}`]) {
    assert.ok(text.split(/\r?\n/).includes(shown), text);
  }
});

Deno.test({ name: "what is not running has exit code 3", ignore }, async () => {
  await using host = await agentHost();
  for (const args of [["status"], ["stop"], ["reload"], ["log-level"]]) {
    assert.match(await host.refused(3, ...args), /The agent is not running: nothing answers on /, args.join(" "));
  }
  const complaint = JSON.parse(await host.refused(3, "status", "--json"));
  assert.equal(complaint.code, 10014);
});

Deno.test({ name: "stop ends every part of it and leaves no process, pid file or token", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  assert.equal((await host.ok("stop")).trim(), `agent stopped, pid ${agent.pid}`);
  assert.equal(isSameProcess(agent), false);
  assert.deepEqual([exists(host.paths.pidFile), exists(host.paths.socket)], [false, false]);
  const messages = host.log().map(({ msg }) => msg);
  assert.deepEqual(messages.slice(-1), ["agent stopped"]);
  const stopped = host.log().filter(({ msg }) => msg === "component stopped").map(({ name }) => name);
  assert.deepEqual(stopped.sort(), [
    "collectors",
    "control-socket",
    "exec",
    "files",
    "instance",
    "supervisor",
    "terminal",
    "trim",
  ]);
  await host.refused(3, "stop");
});

Deno.test({ name: "an agent that cannot be asked any more is killed by stop --force", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  await Deno.remove(host.paths.socket);
  assert.match(await host.refused(1, "status"), /runs but does not answer/);
  const printed = await host.ok("stop", "--timeout", "100ms", "--force");
  assert.equal(printed.trim(), `agent killed, pid ${agent.pid}`);
  assert.equal(isSameProcess(agent), false);
});

Deno.test({ name: "restart replaces the agent by another one", ignore }, async () => {
  await using host = await agentHost();
  const first = await host.start();
  assert.match(await host.ok("restart"), new RegExp(`^agent stopped, pid ${first.pid}\r?\nagent started, pid \\d+`));
  const status = await host.status();
  assert.equal(isSameProcess(first), false);
  assert.deepEqual(host.agentPids(), [first.pid, status.pid]);
});

Deno.test(
  { name: "restart starts what did not run, and spares an agent whose new config is bad", ignore },
  async () => {
    await using host = await agentHost();
    const config = host.file("agent.yaml", "agent:\n  id: one\n");
    const { stderr } = await host.run("restart", "--config", config);
    assert.equal(stderr.trim(), "agent was not running");
    const { pid } = await host.status();
    host.file("agent.yaml", "agent:\n  ide: one\n");
    assert.match(
      await host.refused(2, "restart", "--config", config),
      /line 2: agent\.ide is not a known key; did you mean "id"/,
    );
    assert.equal((await host.status()).pid, pid);
  },
);

Deno.test({ name: "a killed agent is seen to be gone, and a start replaces it at once", ignore }, async () => {
  await using host = await agentHost();
  const killed = await host.start();
  await kill(killed);
  assert.deepEqual(await readPidFile(host.paths.pidFile), { state: "stale", pid: killed.pid, reason: "dead" });
  await host.refused(3, "status");
  const next = await host.start();
  assert.equal((await host.status()).pid, next.pid);
  assert.deepEqual(await readPidFile(host.paths.pidFile), { state: "running", identity: next });
  const told = host.log().find(({ msg }) => msg === "replaced a stale pid file");
  assert.deepEqual([told?.pid, told?.reason], [killed.pid, "dead"]);
});

Deno.test({ name: "a start that fails says why and leaves nothing behind", ignore }, async () => {
  await using host = await agentHost();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const complaint = await host.refused(1, "start", "--set", `agent.control.listen=127.0.0.1:${port}`);
  assert.match(
    complaint,
    new RegExp(`did not start: .*Cannot listen on 127\\.0\\.0\\.1:${port}: another program does`),
  );
  const [pid = 0, ...others] = host.agentPids();
  assert.deepEqual(others, []);
  await eventually("its process to be gone", () => processIdentity(pid) === null);
  assert.deepEqual([exists(host.paths.pidFile), exists(host.paths.socket)], [false, false]);
});
