import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { NO_HOME } from "../../tests/helpers/run_cli.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { type CliContext, createContext } from "./context.ts";
import { buildProgram } from "./program.ts";

interface Given {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The context that `agent status` gets with these flags and this environment, and what it does when it ends. */
async function contextOf({ flags = [], env = {} }: Given): Promise<{ context: CliContext; end: () => void }> {
  const terminal = { stdout() {}, stderr() {}, isTerminal: false };
  const endings: (() => void)[] = [];
  const options = {
    args: ["status", ...flags],
    terminal,
    colour: false,
    exitWith() {},
    atEnd: (act: () => void) => void endings.push(act),
  };
  let found: CliContext | undefined;
  const program = await buildProgram((command: Command) => {
    found = createContext({ ...options, env: { ...NO_HOME, ...env } }, command);
    throw new Error("that is all that was to be found out");
  }, terminal);
  await assert.rejects(program.parseAsync(["status", ...flags], { from: "user" }), /that is all/);
  assert.ok(found);
  return { context: found, end: () => endings.forEach((act) => act()) };
}

async function configOf(given: Given) {
  const { context } = await contextOf(given);
  return await context.load();
}

Deno.test("flags win over the environment, and that over the file", () =>
  inTempDir(async (dir) => {
    const file = join(dir, "a.yaml");
    await Deno.writeTextFile(file, "agent: { id: file, stop_timeout: 1s, log: { level: error } }\n");
    const env = { AGENT_ID: "environment", AGENT_STOP_TIMEOUT: "2s" };
    const { config } = await configOf({ flags: ["--config", file, "--set", "agent.id=flag", "--work-dir", dir], env });
    const { id, stop_timeout, log, work_dir } = config.agent;
    assert.deepEqual([id, stop_timeout.ms, log.level, work_dir], ["flag", 2_000, "error", dir]);
  }));

Deno.test("--work-dir wins over --set agent.work_dir, and takes the other files along", () =>
  inTempDir(async (dir) => {
    const { context } = await contextOf({ flags: ["--work-dir", dir, "--set", "agent.work_dir=/elsewhere"] });
    const { workDir, pidFile, socket, logFile } = await context.locate();
    assert.deepEqual([workDir, pidFile, socket], [dir, join(dir, "agent.pid"), join(dir, "agent.sock")]);
    assert.ok(logFile.startsWith(dir));
  }));

Deno.test("AGENT_CONFIG names the file where --config does not, and must exist", () =>
  inTempDir(async (dir) => {
    const [a, b] = [join(dir, "a.yaml"), join(dir, "b.yaml")];
    await Deno.writeTextFile(a, "agent: { id: a }\n");
    await Deno.writeTextFile(b, "agent: { id: b }\n");
    const named = await configOf({ env: { AGENT_CONFIG: a } });
    assert.deepEqual([named.config.agent.id, named.file, named.warnings], ["a", a, []]);
    assert.equal((await configOf({ env: { AGENT_CONFIG: a }, flags: ["-c", b] })).config.agent.id, "b");
    const missing = join(dir, "missing.yaml");
    for (const given of [{ env: { AGENT_CONFIG: missing } }, { flags: ["-c", missing] }]) {
      await assert.rejects(configOf(given), { code: "invalid_config", message: /missing\.yaml/ });
    }
    const empty = await contextOf({ env: { AGENT_CONFIG: "" }, flags: ["--work-dir", dir] });
    assert.equal((await empty.context.locate()).file, null);
  }));

Deno.test("a config that is wrong still tells where the agent is, and what is wrong", () =>
  inTempDir(async (dir) => {
    const { context } = await contextOf({ flags: ["--work-dir", dir, "--set", "agent.log.level=loud"] });
    await assert.rejects(context.load(), { code: "invalid_config" });
    const { socket, error } = await context.locate();
    assert.equal(socket, join(dir, "agent.sock"));
    assert.match(error?.message ?? "", /loud/);
  }));

Deno.test("an interrupt reaches the commands that look for it, until they have ended", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const [ended, running] = [await contextOf({}), await contextOf({})];
  const [before, signal] = [ended.context.signal, running.context.signal];
  assert.equal(running.context.signal, signal);
  ended.end();
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  const alive = setInterval(() => {}, 1_000); // to wait for a signal alone would not keep the program running
  Deno.kill(Deno.pid, "SIGHUP");
  await aborted;
  clearInterval(alive);
  assert.equal(signal.reason.code, "cancelled");
  assert.equal(before.aborted, false);
  running.end();
});
