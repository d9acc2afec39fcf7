/**
 * `deno task bench:idle [EXECUTABLE] [--warm-up 60] [--seconds 120] [--json]`: what an agent
 * that only collects, everything each 10 s, occupies. It reads /proc, so it runs on Linux. Memory is the median of one sample a second, CPU is that of the whole time.
 */
import {
  benchArguments,
  median,
  percentile,
  printResults,
  type Result,
  runAgent,
  temporaryHome,
  untilReady,
} from "./bench_support.ts";
import { CpuMeter, type MemoryUse, pause, readMemory } from "./process_use.ts";
import { runScript } from "./support.ts";

function results(samples: readonly MemoryUse[], cpuNanoseconds: number, seconds: number): Result[] {
  const row = (what: string, values: readonly number[], budget: number): Result => ({
    what,
    median: median(values).toFixed(2),
    max: percentile(values, 1).toFixed(2),
    budget,
  });
  const cpuPercent = 100 * cpuNanoseconds / 1e9 / seconds;
  return [
    row("anonymous memory, MB", samples.map((one) => one.anonymousBytes / 1e6), 20),
    row("resident memory, MB", samples.map((one) => one.rssBytes / 1e6), 30),
    { what: "CPU, % of a core", median: cpuPercent.toFixed(3), max: "", budget: 0.3 },
  ];
}

async function main(): Promise<number> {
  if (Deno.build.os !== "linux") throw new Error("This benchmark reads /proc: run it on Linux");
  const { agent, json, number } = await benchArguments({ "warm-up": 60, seconds: 120 });
  await using home = await temporaryHome();
  const where = ["--work-dir", home.workDir, "--set", "collectors.interval=10s"];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(agent, { args: ["run", ...where], env: home.env, ...quiet }).spawn();
  try {
    await untilReady(agent, home.workDir, home.env);
    await pause(number("warm-up"));
    const begin = performance.now();
    const meter = new CpuMeter(child.pid);
    const cpuBefore = await meter.nanoseconds();
    const samples: MemoryUse[] = [];
    for (let second = 0; second < number("seconds"); second++) {
      await pause(1);
      samples.push(await readMemory(child.pid));
      await meter.nanoseconds();
    }
    const cpuSpent = await meter.nanoseconds() - cpuBefore;
    printResults(results(samples, cpuSpent, (performance.now() - begin) / 1000), json);
  } finally {
    await runAgent(agent, ["stop", ...where], home.env);
    await child.status;
  }
  return 0;
}

if (import.meta.main) await runScript("bench:idle", main);
