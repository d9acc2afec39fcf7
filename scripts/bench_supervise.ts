/**
 * `deno task bench:supervise [EXECUTABLE] [--only restart,start,cpu,throughput,kills,trees] [--subjects agent,supervisord,pm2]
 * [--supervisord PATH] [--pm2 PATH] [--restarts 200] [--starts 5] [--seconds 60] [--lines 5000000] [--kills 50] [--json]`:
 * the agent as a supervisor beside supervisord and PM2 where those are installed, in the same run. It reads /proc: Linux.
 */
import { benchArguments, printResults, type Result } from "./bench_support.ts";
import { agentKind } from "./supervise_agent.ts";
import { measureCrashes, measureTrees } from "./supervise_crashes.ts";
import { closeAll } from "./supervise_place.ts";
import { pm2Kind } from "./supervise_pm2.ts";
import { measureRestartFloor, measureRestarts, measureStartFloor, measureStarts } from "./supervise_speed.ts";
import { findProgram, type SubjectKind } from "./supervise_subject.ts";
import { supervisordKind } from "./supervise_supervisord.ts";
import { measureIdle, measureThroughput, measureThroughputFloor } from "./supervise_use.ts";
import { runScript } from "./support.ts";

const SECTIONS = ["restart", "start", "cpu", "throughput", "kills", "trees"] as const;
type Section = (typeof SECTIONS)[number];

const SUBJECTS = ["agent", "supervisord", "pm2"] as const;
const CHILDREN = 100;
const MANY_CHILDREN = 500;
const TREES = 5;
/** A peer that loses or doubles its programs does so at once, and another time would tell nothing more. */
const FEW_KILLS = 1;
const FLOOR_TIMES = 50;
const NUMBERS = { restarts: 200, starts: 5, seconds: 60, lines: 5_000_000, kills: 50 };

type Numbers = (name: keyof typeof NUMBERS) => number;
type Measure = () => Promise<Result | readonly Result[]>;

/** What a section measures, one after the other, for no two of them may disturb each other. */
function measurements(section: Section, kinds: readonly SubjectKind[], number: Numbers): Measure[] {
  const isAgent = (kind: SubjectKind) => kind.name === "agent";
  const each = (measure: (kind: SubjectKind) => Promise<Result | readonly Result[]>): Measure[] =>
    kinds.map((kind) => () => measure(kind));
  switch (section) {
    case "restart":
      return [
        ...each((kind) => measureRestarts(kind, number("restarts"))),
        () => measureRestartFloor(FLOOR_TIMES),
      ];
    case "start":
      return [
        ...each((kind) => measureStarts(kind, CHILDREN, number("starts"))),
        () => measureStartFloor(CHILDREN, number("starts")),
      ];
    case "cpu":
      return kinds.flatMap((kind) =>
        (isAgent(kind) ? [0, CHILDREN, MANY_CHILDREN] : [CHILDREN]).map((count) => () =>
          measureIdle(kind, count, number("seconds"))
        )
      );
    case "throughput":
      return [
        ...each((kind) => measureThroughput(kind, number("lines"))),
        () => measureThroughputFloor(number("lines")),
      ];
    case "kills":
      return kinds.flatMap((kind) => [
        () => measureCrashes(kind, "counter", CHILDREN, isAgent(kind) ? number("kills") : FEW_KILLS),
        () => measureCrashes(kind, "idle", CHILDREN, FEW_KILLS),
      ]);
    case "trees":
      return each((kind) => measureTrees(kind, TREES));
  }
}

/** What one measurement cannot do must not cost the results of all others. */
async function measureSection(measures: readonly Measure[]): Promise<{ rows: Result[]; failures: number }> {
  const rows: Result[] = [];
  let failures = 0;
  for (const measure of measures) {
    try {
      rows.push(...[await measure()].flat());
    } catch (error) {
      failures++;
      console.error(`A measurement failed: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { rows, failures };
}

async function findKinds(agent: string, text: (name: "supervisord" | "pm2") => string, wanted: string[]) {
  const kinds: SubjectKind[] = wanted.includes("agent") ? [agentKind(agent)] : [];
  for (const [name, kindOf] of [["supervisord", supervisordKind], ["pm2", pm2Kind]] as const) {
    if (!wanted.includes(name)) continue;
    const path = await findProgram(name, text(name));
    if (path === null) console.error(`${name} is not installed, so there is nothing of it to compare with`);
    else kinds.push(kindOf(path));
  }
  return kinds;
}

function chosen<Name extends string>(option: string, value: string, known: readonly Name[]): Name[] {
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`--${option} takes ${known.join(", ")}, got "${unknown}"`);
  return known.filter((name) => names.includes(name));
}

/** What runs in sessions of its own would outlive this script, which ends by the same signal once that is gone. */
function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const end = async () => {
      await closeAll();
      Deno.removeSignalListener(signal, end);
      Deno.kill(Deno.pid, signal);
    };
    Deno.addSignalListener(signal, end);
  }
}

async function main(): Promise<number> {
  if (Deno.build.os !== "linux") throw new Error("This benchmark reads /proc: run it on Linux");
  const texts = { only: SECTIONS.join(), subjects: SUBJECTS.join(), supervisord: "", pm2: "" };
  const { agent, json, number, text } = await benchArguments(NUMBERS, texts);
  const sections = chosen("only", text("only"), SECTIONS);
  const kinds = await findKinds(agent, text, chosen("subjects", text("subjects"), SUBJECTS));
  endOnSignals();
  let failed = 0;
  const all: Result[] = [];
  for (const section of sections) {
    const { rows, failures } = await measureSection(measurements(section, kinds, number));
    failed += failures;
    all.push(...rows);
    if (!json && rows.length > 0) printResults(rows, false);
  }
  if (json) printResults(all, true);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) await runScript("bench:supervise", main);
