/** What a supervisor uses: with programs that do nothing, and with one that prints as fast as it can. */
import { join } from "node:path";
import { median, type Result } from "./bench_support.ts";
import { CpuMeter, pause, readMemory } from "./process_use.ts";
import { type Scene, withPlace, withSubject } from "./supervise_place.ts";
import { LINE_BYTES, makePrograms } from "./supervise_programs.ts";
import { spawnQuietly, type SubjectKind } from "./supervise_subject.ts";

/** After this a supervisor has settled after its start. */
const WARM_UP_SECONDS = 30;
const MEMORY_READINGS = 10;
const LIMIT_MS = 60_000;
const PRINT_LIMIT_MS = 900_000;
const CPU_BUDGET_PERCENT = 1;
/** A supervisor that uses less than this part of a core for a second has nothing left to do of what was printed. */
const QUIET_PART = 0.03;
const QUIET_LIMIT_SECONDS = 120;
const TICKS_PER_SECOND = 100;

/** Seconds of CPU of the ended children that a process has waited for, out of /proc/PID/stat. */
export function parseWaitedSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third one on
  const [user, system] = [Number(fields[13]), Number(fields[14])];
  if (!Number.isFinite(user + system)) throw new Error("/proc/PID/stat has too few fields");
  return (user + system) / TICKS_PER_SECOND;
}

/** CPU of a supervisor and of the helpers that it has run; its programs must not end in between. */
class SupervisorCpu {
  readonly #pid: number;
  readonly #meter: CpuMeter;

  constructor(pid: number) {
    this.#pid = pid;
    this.#meter = new CpuMeter(pid);
  }

  async seconds(): Promise<number> {
    const waited = parseWaitedSeconds(await Deno.readTextFile(`/proc/${this.#pid}/stat`));
    return await this.#meter.nanoseconds() / 1e9 + waited;
  }
}

export async function measureIdle(kind: SubjectKind, count: number, seconds: number): Promise<Result> {
  return await withSubject(kind, { script: "idle", count, autostart: true }, async ({ subject, reports }) => {
    await subject.boot();
    await reports.collect(count, LIMIT_MS);
    await subject.ready();
    await pause(WARM_UP_SECONDS);
    const pid = await subject.pid();
    const cpu = new SupervisorCpu(pid);
    const before = await cpu.seconds();
    const begin = performance.now();
    for (let second = 0; second < seconds; second++) {
      await pause(1);
      await cpu.seconds(); // so that the time of threads that end is not missed
    }
    const used = await cpu.seconds() - before;
    const percent = used / ((performance.now() - begin) / 1000) * 100;
    const memory = await readMemories(pid);
    return {
      what: `${kind.name}: ${count} idle children`,
      "CPU %": percent.toFixed(3),
      "budget %": kind.name === "agent" && count > 0 ? CPU_BUDGET_PERCENT : "",
      "RSS MB": megabytes(median(memory.map(({ rssBytes }) => rssBytes))),
      "anonymous MB": megabytes(median(memory.map(({ anonymousBytes }) => anonymousBytes))),
      seconds,
    };
  });
}

async function readMemories(pid: number) {
  const readings = [];
  for (let number = 0; number < MEMORY_READINGS; number++) {
    await pause(0.5);
    readings.push(await readMemory(pid));
  }
  return readings;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** One program that prints lines and then stays; the supervisor keeps them as it does by default. */
export async function measureThroughput(kind: SubjectKind, lines: number): Promise<Result> {
  const cast = { script: "lines", count: 1, autostart: false, lines } as const;
  return await withSubject(kind, cast, async (scene) => {
    const { subject } = scene;
    await subject.boot();
    await subject.ready();
    await pause(1);
    const pid = await subject.pid();
    const cpu = new SupervisorCpu(pid);
    const before = await cpu.seconds();
    const starting = subject.startAll();
    const childSeconds = await printingSeconds(scene);
    await starting;
    await untilQuiet(cpu);
    return {
      what: `${kind.name}: ${lines} lines of ${LINE_BYTES} bytes`,
      "child s": childSeconds.toFixed(2),
      "supervisor CPU s": (await cpu.seconds() - before).toFixed(2),
      "peak RSS MB": megabytes(await peakBytes(pid)),
      "kept MB": megabytes(await keptBytes(subject.logDir, scene.programs[0]?.id ?? "")),
    };
  });
}

/** What the program takes when its output goes right to a file. */
export async function measureThroughputFloor(lines: number): Promise<Result> {
  return await withPlace(async (place, reports) => {
    const [program] = await makePrograms(place, "lines", 1, lines);
    const args = ["-c", 'exec "$@" >"$0"', join(place.dir, "p1.log"), ...program?.argv ?? []];
    const child = spawnQuietly("/bin/sh", args, { env: { ...program?.env } });
    const childSeconds = await printingSeconds({ reports });
    child.kill("SIGKILL");
    await child.status;
    return {
      what: `no supervisor: ${lines} lines of ${LINE_BYTES} bytes to a file`,
      "child s": childSeconds.toFixed(2),
      "kept MB": megabytes(await keptBytes(place.dir, "p1")),
    };
  });
}

async function printingSeconds({ reports }: Pick<Scene, "reports">): Promise<number> {
  const begin = await reports.next(() => true, LIMIT_MS);
  const end = await reports.next(({ id }) => id === `${begin.id}.end`, PRINT_LIMIT_MS);
  return (end.atMs - begin.atMs) / 1000;
}

async function untilQuiet(cpu: SupervisorCpu): Promise<void> {
  let before = await cpu.seconds();
  for (let second = 0; second < QUIET_LIMIT_SECONDS; second++) {
    await pause(1);
    const now = await cpu.seconds();
    if (now - before < QUIET_PART) return;
    before = now;
  }
}

async function peakBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

async function keptBytes(dir: string, id: string): Promise<number> {
  let sum = 0;
  for await (const { name } of Deno.readDir(dir)) {
    if (new RegExp(`^${id}[.-]`).test(name)) sum += (await Deno.stat(join(dir, name))).size;
  }
  return sum;
}
