/** What the next agent makes of a rotation in the middle of which the agent was killed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../../../../tests/helpers/host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { plainLogSurgery } from "../../../platform/mod.ts";
import type { StepName } from "./head_cutter.ts";
import { assertNumbered, keepLogs, KIB, numberedLines, startWriter } from "./testing.ts";

const isLinux = Deno.build.os === "linux";
/** Besides the steps: the oldest rotated file has its new number, the others have not. */
type Moment = StepName | "half renamed";
const CUTTING: readonly Moment[] = [
  "half renamed",
  "copying",
  "copied",
  "recorded",
  "renamed",
  "adopted",
  "freed",
  "collapsing",
  "collapsed",
];
const EMPTYING: readonly Moment[] = ["copying", "copied", "recorded", "renamed", "adopted", "emptying", "emptied"];

/** An agent that kills itself at a step, when it comes to it for the second time. */
async function runUntilKilled(
  dir: string,
  step: Moment,
  plain: boolean,
  during: (agent: Deno.ChildProcess) => Promise<void>,
) {
  const script = join(dir, "agent.ts");
  const [testing, platform] = ["./testing.ts", "../../../platform/mod.ts"].map((path) =>
    new URL(path, import.meta.url).href
  );
  Deno.writeTextFileSync(
    script,
    `import { keepLogs } from ${JSON.stringify(testing)};
    import { sizeOf } from ${JSON.stringify(new URL("./slots.ts", import.meta.url).href)};
    import { plainLogSurgery } from ${JSON.stringify(platform)};
    let left = ${step === "half renamed" ? 3 : 2};
    keepLogs(${JSON.stringify(join(dir, "logs"))}, {}, {
      onStep: (step) => {
        if (step !== ${JSON.stringify(step === "half renamed" ? "recorded" : step)} || --left > 0) return;
        const log = ${JSON.stringify(join(dir, "logs", "out.log"))};
        let last = 1;
        while (sizeOf(log + "." + (last + 1)) !== null) last++;
        if (${step === "half renamed"}) Deno.renameSync(log + "." + last, log + "." + (last + 1));
        Deno.kill(Deno.pid, "SIGKILL");
      },
      ...(${plain} && { surgery: plainLogSurgery() }),
    });
    console.log("keeps");`,
  );
  const agent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script],
    stdin: "null",
    stdout: "piped",
  })
    .spawn();
  const reader = agent.stdout.getReader();
  await reader.read();
  await during(agent);
  const { signal, code } = await agent.status;
  await reader.cancel();
  return { signal, code };
}

async function endsWell(dir: string, lines: number, plain: boolean): Promise<void> {
  const logs = join(dir, "logs");
  await using kept = keepLogs(logs, {}, plain ? { surgery: plainLogSurgery() } : {});
  const signal = new AbortController().signal;
  const read = await kept.logs.read("p", { lines: 10_000 }, signal);
  assert.equal(
    read.lines.map(({ text }) => text).join("\n"),
    numberedLines(Math.max(1, lines - 9_999), lines).trimEnd(),
  );
  const report = () => kept.logs.files("p")[0];
  await until(() => (report()?.sizeBytes ?? Infinity) <= 64 * KIB, "the file is within its limit");
  const rotated = report()?.rotated ?? 0;
  Deno.writeTextFileSync(kept.path, numberedLines(lines + 1, lines + 3_000), { append: true });
  await until(() => (report()?.rotated ?? 0) > rotated, "it is rotated as ever");
  await until(() => (report()?.sizeBytes ?? Infinity) <= 64 * KIB, "the file is within its limit");
  await kept.logs.stop();
  await assertNumbered(kept.path, 1, lines + 3_000);
  const strays = [...Deno.readDirSync(logs)].filter(({ name }) => /rotating|gzipping/.test(name));
  assert.deepEqual(strays, []);
}

for (
  const { where, steps, plain } of [
    { where: "temporary files", steps: CUTTING, plain: false },
    { where: "in memory", steps: CUTTING, plain: false },
    { where: "copying and emptying", steps: EMPTYING, plain: true },
  ]
) {
  for (const step of steps) {
    Deno.test({
      name: `the agent is killed at "${step}" of a rotation, and no line is lost or doubled (${where})`,
      ignore: !isLinux,
      fn: () => (where === "in memory" ? inMemory : inPlainTempDir)((dir) => killAndGoOn(dir, step, plain)),
    });
  }
}

async function inMemory(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ dir: "/dev/shm" });
  try {
    await use(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

async function killAndGoOn(dir: string, step: Moment, plain: boolean): Promise<void> {
  const log = join(dir, "logs", "out.log");
  let lines = 0;
  const append = (count: number) => {
    Deno.writeTextFileSync(log, numberedLines(lines + 1, lines + count), { append: true });
    lines += count;
  };
  const killed = runUntilKilled(dir, step, plain, async (agent) => {
    let isOver = false;
    const over = agent.status.then(() => isOver = true);
    // Some steps are never met where the file system cannot do them.
    for (let count = 0; count < 12 && !isOver; count++) {
      append(2_000);
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 300))]);
    }
    if (!isOver) agent.kill("SIGKILL");
  });
  await killed;
  append(1_500); // the program has not noticed anything
  await endsWell(dir, lines, plain);
}

Deno.test({
  name: "the agent is killed over and over while a program prints, and no line is lost or doubled",
  ignore: !isLinux,
  fn: () =>
    inPlainTempDir(async (dir) => {
      Deno.mkdirSync(join(dir, "logs"));
      const writer = startWriter(join(dir, "logs", "out.log"), 100, 1_000, 0.05);
      let isDone = false;
      const ended = writer.status.then(() => isDone = true);
      for (const step of [...CUTTING, ...CUTTING]) {
        if (isDone) break;
        await runUntilKilled(dir, step, false, async (agent) => {
          await Promise.race([ended, agent.status]);
          if (isDone) agent.kill("SIGKILL");
        });
      }
      await ended;
      await endsWell(dir, 100_000, false);
    }),
});
