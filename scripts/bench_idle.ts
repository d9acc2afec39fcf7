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

/** Clock ticks a second in /proc/PID/stat; 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

interface Sample {
  readonly anonymousBytes: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

export function parseSample(smapsRollup: string, stat: string): Sample {
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(smapsRollup)?.[1]) * 1024;
  // The second field is the command in parentheses, which may itself hold spaces; utime is the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return { anonymousBytes: kilobytes("Anonymous"), rssBytes: kilobytes("Rss"), cpuSeconds };
}

async function sample(pid: number): Promise<Sample> {
  return parseSample(
    await Deno.readTextFile(`/proc/${pid}/smaps_rollup`),
    await Deno.readTextFile(`/proc/${pid}/stat`),
  );
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

function results(samples: readonly Sample[], seconds: number): Result[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error("No samples were taken");
  const row = (what: string, values: readonly number[], budget: number): Result => ({
    what,
    median: median(values).toFixed(2),
    max: percentile(values, 1).toFixed(2),
    budget,
  });
  const cpu = 100 * (last.cpuSeconds - first.cpuSeconds) / seconds;
  return [
    row("anonymous memory, MB", samples.map((one) => one.anonymousBytes / 1e6), 20),
    row("resident memory, MB", samples.map((one) => one.rssBytes / 1e6), 30),
    { what: "CPU, % of a core", median: cpu.toFixed(2), max: "", budget: 0.3 },
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
    const samples = [await sample(child.pid)];
    for (let second = 0; second < number("seconds"); second++) {
      await pause(1);
      samples.push(await sample(child.pid));
    }
    printResults(results(samples, (performance.now() - begin) / 1000), json);
  } finally {
    await runAgent(agent, ["stop", ...where], home.env);
    await child.status;
  }
  return 0;
}

if (import.meta.main) await runScript("bench:idle", main);
