/** What is left of programs when their supervisor is killed and comes again, and when they are stopped. */
import { join } from "node:path";
import type { Result } from "./bench_support.ts";
import { pause } from "./process_use.ts";
import { countLosses, findMembers, type Losses, type Member } from "./supervise_census.ts";
import { type Scene, withSubject } from "./supervise_place.ts";
import { TREE_PARTS } from "./supervise_programs.ts";
import { type SubjectKind, waitUntil } from "./supervise_subject.ts";

const LIMIT_MS = 60_000;
const SETTLE_SECONDS = 1;
/** What a supervisor has not ended this long after its stop command has returned, it leaves. */
const LEFT_SECONDS = 1;

/**
 * Kills the supervisor so many times; the numbers of all rounds are added up. Programs that print may die of a broken
 * pipe where silent ones go on, so both are tried.
 */
export async function measureCrashes(
  kind: SubjectKind,
  script: "counter" | "idle",
  count: number,
  rounds: number,
): Promise<Result> {
  return await withSubject(kind, { script, count, autostart: true }, async (scene) => {
    const { subject, reports, place } = scene;
    await subject.boot();
    await reports.collect(count, LIMIT_MS);
    await subject.ready();
    await untilManaged(scene);
    const sum = { lost: 0, doubled: 0, orphaned: 0, ended: 0 };
    for (let round = 0; round < rounds; round++) {
      await pause(Math.random() * 1.5);
      const losses = await crashOnce(scene);
      for (const name of ["lost", "doubled", "orphaned", "ended"] as const) sum[name] += losses[name];
    }
    await subject.stopAll();
    await pause(LEFT_SECONDS);
    const left = await findMembers(place.mark);
    return {
      what: `${kind.name}: killed under ${count} ${script === "idle" ? "silent" : "printing"} children`,
      kills: rounds,
      ...sum,
      ...await compareLogs(join(place.dir, "written"), subject.logDir),
      "left after stop": left.length,
    };
  });
}

async function crashOnce(scene: Scene): Promise<Losses> {
  const { subject, place, programs } = scene;
  const before = await findMembers(place.mark);
  await subject.crash();
  await subject.boot();
  await subject.ready();
  await untilManaged(scene);
  await pause(SETTLE_SECONDS);
  const managed = await subject.managed();
  return countLosses(programs.map(({ id }) => id), before, await findMembers(place.mark), managed);
}

/** What is not there in time is found missing by the count afterwards. */
async function untilManaged({ subject, programs }: Scene): Promise<void> {
  await waitUntil(async () => (await subject.managed()).size === programs.length, 20_000, 100);
}

export interface LogComparison {
  readonly lines: number;
  readonly "lines lost": number;
  readonly "lines doubled": number;
}

/** Compares what each process noted as printed, in `PROGRAM.PID`, with what is in the logs. */
async function compareLogs(writtenDir: string, logDir: string): Promise<LogComparison> {
  const written = new Map<string, number>();
  for await (const { name } of Deno.readDir(writtenDir)) {
    const numbers = (await Deno.readTextFile(join(writtenDir, name))).split("\n");
    written.set(name.slice(name.lastIndexOf(".") + 1), numbers.length - 1);
  }
  const logs: string[] = [];
  for await (const { name, isFile } of Deno.readDir(logDir)) {
    if (isFile) logs.push(await Deno.readTextFile(join(logDir, name)));
  }
  return compareLines(written, logs);
}

/** `written` has the last number of each pid; the logs have lines `PID NUMBER`, the first number being 1. */
export function compareLines(written: ReadonlyMap<string, number>, logs: readonly string[]): LogComparison {
  const seen = new Map<string, Map<string, number>>();
  for (const line of logs.flatMap((log) => log.split("\n"))) {
    const [pid = "", number] = line.split(" ");
    if (number === undefined) continue;
    const numbers = seen.get(pid) ?? new Map<string, number>();
    numbers.set(number, (numbers.get(number) ?? 0) + 1);
    seen.set(pid, numbers);
  }
  let [lines, lost, doubled] = [0, 0, 0];
  for (const [pid, last] of written) {
    const numbers = seen.get(pid);
    for (let number = 1; number <= last; number++) {
      const copies = numbers?.get(String(number)) ?? 0;
      lines++;
      if (copies === 0) lost++;
      if (copies > 1) doubled++;
    }
  }
  return { lines, "lines lost": lost, "lines doubled": doubled };
}

const PART_NAMES: Readonly<Record<(typeof TREE_PARTS)[number], string>> = {
  "": "itself",
  child: "child",
  setsid: "setsid grandchild",
  double: "double fork",
  daemon: "double fork, setsid",
};

/** Stops programs whose descendants all ignore SIGTERM, some of them in sessions of their own or without a parent. */
export async function measureTrees(kind: SubjectKind, count: number): Promise<Result> {
  return await withSubject(kind, { script: "tree", count, autostart: true }, async ({ subject, reports, place }) => {
    await subject.boot();
    await reports.collect(count, LIMIT_MS);
    await subject.ready();
    await pause(SETTLE_SECONDS);
    const before = await findMembers(place.mark);
    const begin = performance.now();
    await subject.stopAll();
    const seconds = (performance.now() - begin) / 1000;
    await pause(LEFT_SECONDS);
    const left = await findMembers(place.mark);
    const parts = TREE_PARTS.map((part) => [PART_NAMES[part], countOf(left, part)] as const);
    return {
      what: `${kind.name}: stop of ${count} trees`,
      processes: before.length,
      left: left.length,
      ...Object.fromEntries(parts),
      "stop s": seconds.toFixed(1),
    };
  });
}

function countOf(members: readonly Member[], part: string): number {
  return members.filter((member) => member.part === part).length;
}
