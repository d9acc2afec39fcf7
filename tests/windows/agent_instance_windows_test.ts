import assert from "node:assert/strict";
import { join } from "node:path";
import { isSameProcess, processIdentity } from "../../src/platform/mod.ts";
import { type AgentHost, agentHost, exists, kill, type LogLine, readLog } from "./agent_host.ts";

// The lock is a file that is open without sharing, which Wine enforces among its own processes.
const ignore = Deno.build.os !== "windows";
const STARTS = 6;

/**
 * Each of several that begin at once has a log of its own: Wine finds the end of a file and writes there in two steps,
 * so that two programs that append to one file at the same moment overwrite each other's lines. Windows does not.
 */
const logFile = (host: AgentHost, start: number) => join(host.dir, `start ${start}.log`);

function logsOf(host: AgentHost): LogLine[][] {
  const paths = Array.from({ length: STARTS }, (_, start) => logFile(host, start));
  return paths.filter(exists).map(readLog);
}

/** Starts several at once, all of which must name the same agent; gives its pid. */
async function startAtOnce(host: AgentHost): Promise<number> {
  const ran = await Promise.all(
    Array.from(
      { length: STARTS },
      (_, start) => host.run("start", "--json", "--set", `agent.log.file=${logFile(host, start)}`),
    ),
  );
  assert.deepEqual(ran.map(({ code, stderr }) => [code, stderr]), Array(STARTS).fill([0, ""]));
  const pids = new Set(ran.map(({ stdout }) => Number(JSON.parse(stdout).pid)));
  assert.equal(pids.size, 1, `agents ${[...pids].join(", ")}`);
  return Number([...pids][0]);
}

/** Of all that ever began, this one alone runs: no start returns before its own agent has been refused and has ended. */
async function isTheOnlyAgent(host: AgentHost, pid: number): Promise<void> {
  const begun = logsOf(host).flat().filter(({ msg }) => msg === "agent starting").map((line) => Number(line.pid));
  assert.deepEqual(begun.filter((each) => processIdentity(each) !== null), [pid]);
  await host.ok("stop");
  await host.refused(3, "status");
  const ready = logsOf(host).filter((lines) => lines.some(({ msg }) => msg === "agent ready"));
  assert.deepEqual(ready.map((lines) => lines.at(-1)?.msg), ["agent stopped"]);
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
});

Deno.test({ name: "several starts at once after a kill give one agent", ignore }, async () => {
  await using host = await agentHost();
  const killed = await host.start();
  await kill(killed);
  const pid = await startAtOnce(host);
  assert.notEqual(pid, killed.pid);
  await isTheOnlyAgent(host, pid);
});
