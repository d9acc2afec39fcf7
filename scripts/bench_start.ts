/** `deno task bench:start [EXECUTABLE] [--runs 20] [--json]`: how long `agent version` and `agent start` take. */
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

async function measure(run: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

function result(what: string, spansMs: readonly number[], budgetMs: number): Result {
  const ms = (value: number) => value.toFixed(1);
  return {
    what,
    medianMs: ms(median(spansMs)),
    p95Ms: ms(percentile(spansMs, 0.95)),
    minMs: ms(Math.min(...spansMs)),
    maxMs: ms(Math.max(...spansMs)),
    budgetMs,
  };
}

async function main(): Promise<number> {
  const { agent, json, number } = await benchArguments({ runs: 20 });
  const versionMs: number[] = [];
  const startMs: number[] = [];
  for (let run = 0; run < number("runs"); run++) {
    await using home = await temporaryHome();
    const where = ["--work-dir", home.workDir];
    versionMs.push(await measure(() => runAgent(agent, ["version"], home.env)));
    try {
      startMs.push(await measure(() => runAgent(agent, ["start", ...where], home.env)));
    } finally {
      await runAgent(agent, ["stop", ...where], home.env);
    }
  }
  printResults([result("agent version", versionMs, 120), result("agent start to ready", startMs, 500)], json);
  return 0;
}

if (import.meta.main) await runScript("bench:start", main);
