import assert from "node:assert/strict";
import { type Question, viewOf, withFakeSupervisor } from "../../tests/helpers/fake_supervisor.ts";
import { type CliOptions, type CliResult, runCli } from "../../tests/helpers/run_cli.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import type { ProcessView } from "../protocol/mod.ts";

const PROCESSES = [
  viewOf({ id: "web-1", group: "web", labels: { tier: "web", zone: "a" }, sinceMs: Date.now() - 61_000 }),
  viewOf({ id: "db", state: "failed", reason: "exit 1", labels: { tier: "db" } }),
  viewOf({ id: "web-0", group: "web", labels: { tier: "web", zone: "b" } }),
];

type Ps = (args: string[], options?: CliOptions) => Promise<CliResult>;

function withProcesses(
  processes: readonly ProcessView[],
  use: (ps: Ps, questions: readonly Question[]) => Promise<void>,
): Promise<void> {
  return inPlainTempDir((dir) =>
    withFakeSupervisor(dir, { "GET /v1/processes": () => ({ processes }) }, async (questions) => {
      await use((args, options) => runCli(["ps", ...args, "--work-dir", dir], options), questions);
    })
  );
}

Deno.test("ps lists the processes, replicas in order, in colours on a terminal only", () =>
  withProcesses(PROCESSES, async (ps) => {
    const { code, stdout, stderr } = await ps([]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^ID +STATE +SINCE .*\nweb-0 +running .*\nweb-1 +running +1m\d+s .*\ndb +failed .* exit 1\n$/);
    // deno-lint-ignore no-control-regex -- colours are what is looked for
    assert.match((await ps([], { isTerminal: true })).stdout, /\x1b\[31mfailed/);
  }));

Deno.test("ps takes ids, labels and states, as a table, as JSON or as ids alone", () =>
  withProcesses(PROCESSES, async (ps, questions) => {
    assert.equal((await ps(["-q", "web"])).stdout, "web-0\nweb-1\n");
    assert.equal((await ps(["-q", "--label", "tier=web", "--label", "zone=a"])).stdout, "web-1\n");
    assert.deepEqual(JSON.parse((await ps(["db", "--json"])).stdout), { processes: [PROCESSES[1]] });
    assert.equal((await ps(["db", "-q", "--state", "failed, backoff"])).stdout, "db\n");
    assert.deepEqual(questions.map(({ query }) => query), [{}, { label: "tier=web" }, {}, { state: "failed,backoff" }]);
    assert.equal((await ps(["nobody", "--state", "failed"])).stdout, "No process matches\n");
    assert.match((await ps(["--wide"])).stdout, /^ID .* LABELS /);
  }));

Deno.test("an unknown id is told with the nearest", () =>
  withProcesses(PROCESSES, async (ps) => {
    assert.deepEqual(await ps(["wbe"]), {
      code: 1,
      stdout: "",
      stderr: 'error: There is no process "wbe"; did you mean web?\n',
    });
  }));

Deno.test("without processes ps says how to have one", () =>
  withProcesses([], async (ps) => {
    const { code, stdout } = await ps([]);
    assert.equal(code, 0);
    assert.match(stdout, /^No processes are supervised on this host[^]*agent process add web -- [^]*processes:\n/);
    assert.deepEqual(JSON.parse((await ps(["--json"])).stdout), { processes: [] });
    assert.equal((await ps(["-q"])).stdout, "");
  }));

for (
  const [args, message] of [
    [["--label", "web"], /--label takes name=value/],
    [["--state", "runing"], /did you mean running\?/],
  ] as const
) {
  Deno.test(`agent ps ${args.join(" ")} is a mistake that is explained`, () =>
    withProcesses(PROCESSES, async (ps) => {
      const { code, stderr } = await ps([...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }));
}
