import assert from "node:assert/strict";
import { join } from "node:path";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { untilReady } from "../../tests/helpers/until_ready.ts";
import { localClient } from "../http/mod.ts";
import { agentStatus } from "../protocol/mod.ts";

const json = (text: string) => JSON.parse(text);

Deno.test("without an agent, asking for one exits with 3 and says where it was looked for", () =>
  inTempDir(async (dir) => {
    const questions = [["status"], ["reload"], ["log-level"], ["log-level", "debug"], ["collectors"], ["top"], [
      "stop",
    ]];
    const actions = ["start", "stop", "restart", "remove", "show"].map((action) => ["process", action, "web"]);
    const others = [["ps"], ["process", "signal", "HUP", "web"], ["logs", "web"], ["events"], ["events", "-f"]];
    for (const args of [...questions, ...actions, ...others]) {
      const { code, stdout, stderr } = await runCli([...args, "--work-dir", dir]);
      assert.deepEqual([code, stdout], [3, ""], args.join(" "));
      assert.equal(stderr, `error: The agent is not running: nothing answers on ${join(dir, "agent.sock")}\n`);
      const { stderr: envelope } = await runCli([...args, "--json", "--work-dir", dir]);
      assert.equal(json(envelope).code, 10014);
    }
    assert.deepEqual([...Deno.readDirSync(dir)], []);
  }));

Deno.test("config check says what a start would", () =>
  inTempDir(async (dir) => {
    const file = join(dir, "a.yaml");
    const args = ["config", "check", "--work-dir", dir, "--config", file];
    await Deno.writeTextFile(file, "agent: { id: web-1 }\n");
    assert.deepEqual(await runCli(args), { code: 0, stdout: `valid: ${file}\n`, stderr: "" });
    assert.deepEqual(json((await runCli([...args, "--json"])).stdout), { file, valid: true, warnings: [] });
    await Deno.writeTextFile(file, "agent:\n  id: 5\n  naem: x\n");
    const { code, stdout, stderr } = await runCli(args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^error: Cannot read config .*a\.yaml: line 2: [^]*line 3: /);
    const { problems } = json((await runCli([...args, "--json"])).stderr).data;
    assert.deepEqual(problems.map(({ line }: { line: number }) => line), [2, 3]);
  }));

Deno.test("config show gives every key with its origin, as a table, as JSON and as YAML", () =>
  inTempDir(async (dir) => {
    const args = ["config", "show", "--work-dir", dir];
    const env = { AGENT_LOG_LEVEL: "debug" };
    const { stdout: table } = await runCli(args, { env });
    assert.match(table, /^KEY +VALUE +ORIGIN\n/);
    assert.match(table, /\nagent\.log\.level +debug +environment AGENT_LOG_LEVEL\n/);
    assert.match(table, /\nagent\.work_dir +\S+ +flag --work-dir\n/);
    assert.match(table, /\nagent\.stop_timeout +30s +default\n/);
    const shown = json((await runCli([...args, "--json"], { env })).stdout);
    assert.equal(shown.agent.log.level, "debug");
    const { stdout: yaml } = await runCli([...args, "--yaml"], { env });
    const copy = join(dir, "copy.yaml");
    await Deno.writeTextFile(copy, yaml);
    assert.deepEqual(json((await runCli(["config", "show", "--json", "--config", copy])).stdout), shown);
  }));

Deno.test("config schema is a JSON schema", async () => {
  const schema = json((await runCli(["config", "schema"])).stdout);
  assert.match(schema.$schema, /json-schema/);
  assert.ok("agent" in schema.properties);
});

Deno.test("the doctor prints each finding, its fix below it, and fails when one has failed", () =>
  inTempDir(async (dir) => {
    const good = await runCli(["doctor", "--work-dir", dir]);
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /^ok {4}config {8}/);
    const args = ["doctor", "--work-dir", dir, "--set", "agent.log.level=loud"];
    const bad = await runCli(args);
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /^FAIL {2}config [^]*\n +fix: Mend it; "agent config check" reads it again\n/);
    assert.equal(bad.stderr, "error: 1 of 17 checks failed\n");
    const [first] = json((await runCli([...args, "--json"])).stdout);
    assert.deepEqual([first.name, first.state], ["config", "failed"]);
  }));

/** An agent within this process, which is why no test here may stop it by its pid. */
async function withAgent(dir: string, use: () => Promise<void>): Promise<void> {
  const running = runCli(["run", "--background", "--work-dir", dir]);
  await untilReady(join(dir, "agent.sock"), running);
  try {
    await use();
  } finally {
    await localClient(join(dir, "agent.sock")).call("/v1/stop", { method: "POST", body: {} });
    assert.deepEqual(await running, { code: 0, stdout: "", stderr: "" });
  }
}

Deno.test("a running agent is asked and told, in words and in JSON", () =>
  inTempDir((dir) =>
    withAgent(dir, async () => {
      const ask = (...args: string[]) => runCli([...args, "--work-dir", dir]);
      const { code, stdout } = await ask("status");
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^● agent is ok since [^]*\n  pid +${Deno.pid}\n[^]*\nCOMPONENT +STATE +SINCE`));
      assert.equal(agentStatus.parse(json((await ask("status", "--json")).stdout)).pid, Deno.pid);

      assert.equal((await ask("log-level")).stdout, "info\n");
      assert.deepEqual(await ask("log-level", "debug"), { code: 0, stdout: "debug\n", stderr: "" });
      assert.deepEqual(json((await ask("log-level", "--json")).stdout), { level: "debug" });

      assert.match((await ask("reload")).stdout, /^reloaded without a config file\n {2}nothing has changed\n$/);
      const report = { file: null, applied: [], needsRestart: [], warnings: [] };
      assert.deepEqual(json((await ask("reload", "--json")).stdout), report);

      assert.match((await ask("start")).stdout, new RegExp(`^agent runs already, pid ${Deno.pid}\n {2}version`));
      const started = json((await ask("start", "--json")).stdout);
      assert.deepEqual([started.pid, started.alreadyRunning], [Deno.pid, true]);
    })
  ));

Deno.test("a restart with a bad config leaves the running agent alone", () =>
  inTempDir((dir) =>
    withAgent(dir, async () => {
      const { code, stderr } = await runCli(["restart", "--work-dir", dir, "--set", "agent.log.level=loud"]);
      assert.equal(code, 2);
      assert.match(stderr, /loud/);
      assert.equal((await runCli(["status", "--work-dir", dir])).code, 0);
    })
  ));
