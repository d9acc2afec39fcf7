import assert from "node:assert/strict";
import { join } from "node:path";
import { isSameProcess, processIdentity } from "../../src/platform/mod.ts";
import { type AgentHost, agentHost, kill } from "./agent_host.ts";

// The lock is a file that is open without sharing, which Wine enforces among its own processes.
const ignore = Deno.build.os !== "windows";
const STARTS = 6;

/** Starts several at once, all of which must name the same agent; gives its pid. */
async function startAtOnce(host: AgentHost): Promise<number> {
  const ran = await Promise.all(Array.from({ length: STARTS }, () => host.run("start", "--json")));
  assert.deepEqual(ran.map(({ code, stderr }) => [code, stderr]), Array(STARTS).fill([0, ""]));
  const pids = new Set(ran.map(({ stdout }) => Number(JSON.parse(stdout).pid)));
  assert.equal(pids.size, 1, `agents ${[...pids].join(", ")}`);
  return Number([...pids][0]);
}

/** Of all that ever began, this one alone runs: no start returns before its own agent has been refused and has ended. */
async function isTheOnlyAgent(host: AgentHost, pid: number): Promise<void> {
  const alive = host.agentPids().filter((each) => processIdentity(each) !== null);
  assert.deepEqual(alive, [pid]);
  await host.ok("stop");
  await host.refused(3, "status");
  assert.equal(host.log().at(-1)?.msg, "agent stopped");
}

Deno.test({ name: "two agents cannot run on one work directory", ignore }, async () => {
  await using host = await agentHost();
  const workDir = join(host.dir, "wörk dir");
  const first = await host.start("--work-dir", workDir);
  const complaint = await host.refused(7, "run", "--work-dir", workDir);
  assert.ok(complaint.includes(`Another agent runs on ${workDir}`), complaint);
  const elsewhere = ["--set", `agent.pid_file=${join(host.dir, "other.pid")}`];
  await host.refused(7, "run", "--work-dir", workDir, ...elsewhere);
  assert.equal((await host.status("--work-dir", workDir)).pid, first.pid, "it lost its pid file or its token");
  await host.ok("stop", "--work-dir", workDir);
});

Deno.test({ name: "two agents run on two work directories", ignore }, async () => {
  await using host = await agentHost();
  const [one, two] = ["one", "two"].map((name) => ["--work-dir", join(host.dir, name)]);
  const [first, second] = [await host.start(...one ?? []), await host.start(...two ?? [])];
  await host.ok("stop", ...one ?? []);
  assert.equal(isSameProcess(first), false);
  assert.equal((await host.status(...two ?? [])).pid, second.pid);
  await host.ok("stop", ...two ?? []);
});

Deno.test({ name: "several starts at once give one agent", ignore }, async () => {
  await using host = await agentHost();
  const pid = await startAtOnce(host);
  await isTheOnlyAgent(host, pid);
  assert.equal(host.log().filter(({ msg }) => msg === "agent ready").length, 1);
});

Deno.test({ name: "several starts at once after a kill give one agent", ignore }, async () => {
  await using host = await agentHost();
  const killed = await host.start();
  await kill(killed);
  const pid = await startAtOnce(host);
  assert.notEqual(pid, killed.pid);
  await isTheOnlyAgent(host, pid);
});
