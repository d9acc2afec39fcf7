/**
 * `deno task bench:idle [EXECUTABLE] [--warm-up 60] [--seconds 120] [--json]`: what an agent without work occupies. It
 * reads /proc, so it runs on Linux. Memory is the median of one sample a second, CPU is that of the whole time.
 */
import {
  benchArguments,
  median,
  percentile,
  printResults,
  type Result,
  runAgent,
  temporaryHome,
} from "./bench_support.ts";
import { runScript } from "./support.ts";

interface Sample {
  readonly anonymousBytes: number;
  readonly rssBytes: number;
}

export function parseMemory(smapsRollup: string): Sample {
  const bytes = (field: string) => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(smapsRollup)?.[1];
    if (kilobytes === undefined) throw new Error(`smaps_rollup has no ${field}`);
    return Number(kilobytes) * 1024;
  };
  return { anonymousBytes: bytes("Anonymous"), rssBytes: bytes("Rss") };
}

async function sampleMemory(pid: number): Promise<Sample> {
  return parseMemory(await Deno.readTextFile(`/proc/${pid}/smaps_rollup`));
}

/**
 * Adds up the nanoseconds that each thread was on a core, into `byThread`, where those of ended threads remain. An idle
 * agent needs less than the 10 ms that /proc/PID/stat counts in.
 */
async function readCpu(pid: number, byThread: Map<string, number>): Promise<number> {
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    try {
      const [onCpu] = (await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`)).split(" ");
      byThread.set(name, Number(onCpu));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // the thread ended just now
    }
  }
  return byThread.values().reduce((sum, nanoseconds) => sum + nanoseconds, 0);
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Waits until the agent answers, 20 s at most. */
async function untilReady(agent: string, workDir: string, env: Record<string, string>): Promise<void> {
  const command = new Deno.Command(agent, {
    args: ["status", "--work-dir", workDir],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await command.output()).success) return;
    await pause(0.2);
  }
  throw new Error("The agent did not answer within 20 s; see what `agent run` says");
}

function results(samples: readonly Sample[], cpuNanoseconds: number, seconds: number): Result[] {
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
  const where = ["--work-dir", home.workDir];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(agent, { args: ["run", ...where], env: home.env, ...quiet }).spawn();
  try {
    await untilReady(agent, home.workDir, home.env);
    await pause(number("warm-up"));
    const begin = performance.now();
    const threads = new Map<string, number>();
    const cpuBefore = await readCpu(child.pid, threads);
    const samples: Sample[] = [];
    for (let second = 0; second < number("seconds"); second++) {
      await pause(1);
      samples.push(await sampleMemory(child.pid));
      await readCpu(child.pid, threads);
    }
    const cpuSpent = await readCpu(child.pid, threads) - cpuBefore;
    printResults(results(samples, cpuSpent, (performance.now() - begin) / 1000), json);
  } finally {
    await runAgent(agent, ["stop", ...where], home.env);
    await child.status;
  }
  return 0;
}

if (import.meta.main) await runScript("bench:idle", main);
