import assert from "node:assert/strict";
import { withFakeAgent } from "../../tests/helpers/fake_agent.ts";
import { allReadings, reading } from "../../tests/helpers/host_readings.ts";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import type { CollectorsReport } from "../protocol/mod.ts";

const report: CollectorsReport = {
  collectors: [{ name: "disk", state: "partial", reason: "/nfs: stuck", runs: 1, failures: 0 }],
  history: { bytes: 1, maxBytes: 2, series: 3, refused: 0 },
};
const agent = { report, first: allReadings(), next: [allReadings()] };

Deno.test("top prints a summary of two readings and ends, where there is no terminal or --once", () =>
  inPlainTempDir((dir) =>
    withFakeAgent(dir, agent, async ({ asked }) => {
      const commands: [string[], workers: string][] = [
        [["top"], Array.from({ length: 10 }, (_, index) => `worker-${index}`).join()],
        [["top", "--once", "--rows", "2", "--sort", "memory"], "worker-9,worker-8"],
      ];
      for (const [args, workers] of commands) {
        const { code, stdout, stderr } = await runCli([...args, "--work-dir", dir]);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /^web-1 {2}up 3d4h {2}[^]*\nCPU {2}\[\|[^]*\n1 collector reports problems/);
        assert.equal(stdout.match(/worker-\d/g)?.join(), workers);
        assert.equal(stdout.includes("\x1b"), false);
      }
      assert.match(asked[0] ?? "", /^\/v1\/samples\/stream\?interval=1s&collectors=cpu%2C.*watch%2F\*$/);
    })
  ));

Deno.test("top --json prints the readings of all collectors by their names", () =>
  inPlainTempDir((dir) => {
    const more = reading("self", { rssBytes: 1 });
    return withFakeAgent(dir, { ...agent, first: [...agent.first, more] }, async ({ asked }) => {
      const { code, stdout } = await runCli(["top", "--json", "--work-dir", dir]);
      assert.equal(code, 0);
      const { timeMs, readings } = JSON.parse(stdout);
      assert.equal(timeMs, agent.first[0]?.timeMs);
      assert.deepEqual(readings.self, more);
      assert.deepEqual(Object.keys(readings).length, allReadings().length + 1);
      assert.deepEqual(asked, ["/v1/samples/stream?interval=1s"]);
    });
  }));

Deno.test("an agent that stops in between is said to have stopped", () =>
  inPlainTempDir((dir) =>
    withFakeAgent(dir, { report, first: allReadings() }, async (fake) => {
      const ended = runCli(["top", "--once", "--work-dir", dir]);
      while (fake.listeners === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      fake.endStreams();
      assert.deepEqual(await ended, { code: 3, stdout: "", stderr: "error: The agent has stopped\n" });
    })
  ));

Deno.test("collectors prints what the agent says of them, as a table or as it came", () =>
  inPlainTempDir((dir) =>
    withFakeAgent(dir, agent, async () => {
      const { code, stdout } = await runCli(["collectors", "--work-dir", dir]);
      assert.equal(code, 0);
      assert.match(
        stdout,
        /^COLLECTOR .*\ndisk +partial +- +- +- +\/nfs: stuck\n\nhistory: 3 series in 1 B of at most 2 B\n$/,
      );
      assert.deepEqual(JSON.parse((await runCli(["collectors", "--json", "--work-dir", dir])).stdout), report);
    })
  ));

for (
  const [args, message] of [
    [["--interval", "soon"], /duration/],
    [["--rows", "-1"], /--rows must be a number from 0 to 9999/],
    [["--sort", "name"], /cpu, memory/],
  ] as const
) {
  Deno.test(`agent top ${args.join(" ")} is a mistake that is explained`, async () => {
    const { code, stdout, stderr } = await runCli(["top", ...args]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  });
}
