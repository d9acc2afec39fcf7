/** How fast a supervisor starts programs: one anew that was killed, and a hundred of them. */
import { median, percentile, type Result } from "./bench_support.ts";
import { endMembers } from "./supervise_census.ts";
import { type Scene, withPlace, withSubject } from "./supervise_place.ts";
import { makePrograms } from "./supervise_programs.ts";
import { type Program, spawnQuietly, type SubjectKind } from "./supervise_subject.ts";
import { pause } from "./process_use.ts";

/** Programs that are killed in turn. */
const VICTIMS = 8;
/** So long each must have run before it is killed: what ends sooner counts as unstable for all, and then they wait. */
const STABLE_MS = 1_200;
const LIMIT_MS = 60_000;
const RESTART_BUDGET = "median 5, p99 15";
const START_BUDGET_MS = 400;

/** Kill of a program until the next one of it runs its first instruction. */
export async function measureRestarts(kind: SubjectKind, restarts: number): Promise<Result> {
  return await withSubject(kind, { script: "idle", count: VICTIMS, autostart: true }, async (scene) => {
    await scene.subject.boot();
    const running = await scene.reports.collect(VICTIMS, LIMIT_MS);
    await scene.subject.ready();
    const spansMs: number[] = [];
    for (let number = 0; number < restarts; number++) {
      const victim = running.get(scene.programs[number % VICTIMS]?.id ?? "");
      if (victim === undefined) throw new Error("A program that reported has no known id");
      const age = performance.now() - victim.atMs;
      await pause((Math.max(0, STABLE_MS - age) + 10 + Math.random() * 50) / 1000);
      scene.reports.clear();
      const begin = performance.now();
      Deno.kill(victim.pid, "SIGKILL");
      const next = await scene.reports.next(({ id, pid }) => id === victim.id && pid !== victim.pid, LIMIT_MS);
      spansMs.push(next.atMs - begin);
      running.set(next.id, next);
    }
    return restartRow(`${kind.name}: kill -9 of a child until the next one runs, ms`, spansMs);
  });
}

/** What the program itself takes until it reports, which is in all spans of the others. */
export async function measureRestartFloor(times: number): Promise<Result> {
  return await withPlace(async (place, reports) => {
    const [program] = await makePrograms(place, "idle", 1);
    const spansMs: number[] = [];
    for (let number = 0; number < times && program !== undefined; number++) {
      const begin = performance.now();
      const child = launch(program);
      const { atMs } = await reports.next(({ pid }) => pid === child.pid, LIMIT_MS);
      spansMs.push(atMs - begin);
      child.kill("SIGKILL");
      await child.status;
    }
    return restartRow("no supervisor: start of the same program until it runs, ms", spansMs);
  });
}

function restartRow(what: string, spansMs: readonly number[]): Result {
  return {
    what,
    median: median(spansMs).toFixed(2),
    p99: percentile(spansMs, 0.99).toFixed(2),
    max: Math.max(...spansMs).toFixed(2),
    kills: spansMs.length,
    budget: what.startsWith("agent") ? RESTART_BUDGET : "",
  };
}

/** The command that starts the programs, or the launch of the supervisor that does, until the last of them runs. */
export async function measureStarts(kind: SubjectKind, count: number, rounds: number): Promise<Result[]> {
  const byCommand: number[] = [];
  const byLaunch: number[] = [];
  for (let round = 0; round < rounds; round++) {
    byCommand.push(
      await withSubject(kind, { script: "idle", count, autostart: false }, async (scene) => {
        await scene.subject.boot();
        await scene.subject.ready();
        await pause(1); // until it has nothing left to do of its own start
        return await spanOf(scene, () => scene.subject.startAll());
      }),
    );
    byLaunch.push(
      await withSubject(
        kind,
        { script: "idle", count, autostart: true },
        async (scene) => await spanOf(scene, () => scene.subject.boot()),
      ),
    );
  }
  return [
    startRow(`${kind.name}: ${kind.startCommand}, until ${count} run, ms`, byCommand),
    startRow(`${kind.name}: ${kind.bootCommand}, until ${count} run, ms`, byLaunch),
  ];
}

async function spanOf({ reports, programs }: Scene, start: () => Promise<void>): Promise<number> {
  reports.clear();
  const begin = performance.now();
  const starting = start();
  const [running] = await Promise.all([reports.collect(programs.length, LIMIT_MS), starting]);
  return Math.max(...running.values().map(({ atMs }) => atMs)) - begin;
}

export async function measureStartFloor(count: number, rounds: number): Promise<Result> {
  const spansMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await withPlace(async (place, reports) => {
      const programs = await makePrograms(place, "idle", count);
      const begin = performance.now();
      const children = programs.map(launch);
      const running = await reports.collect(count, LIMIT_MS);
      spansMs.push(Math.max(...running.values().map(({ atMs }) => atMs)) - begin);
      await endMembers(place.mark);
      await Promise.all(children.map((child) => child.status));
    });
  }
  return startRow(`no supervisor: the same ${count} programs, ms`, spansMs);
}

function startRow(what: string, spansMs: readonly number[]): Result {
  return {
    what,
    median: median(spansMs).toFixed(0),
    min: Math.min(...spansMs).toFixed(0),
    max: Math.max(...spansMs).toFixed(0),
    rounds: spansMs.length,
    budget: what.startsWith("agent") ? START_BUDGET_MS : "",
  };
}

function launch({ argv: [program = "", ...args], env }: Program): Deno.ChildProcess {
  return spawnQuietly(program, args, { env: { ...env } });
}
