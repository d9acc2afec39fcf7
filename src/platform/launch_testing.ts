/** For tests only: a launcher with a directory of its own, whose programs are gone when the test is over. */
import { join } from "node:path";
import type { Launcher, LaunchOptions, ObservedExit, ProcessIdentity, ProcessTree } from "./halves.ts";
import { createLinuxLauncher, type LinuxLauncherDeps } from "./launcher.linux.ts";
import { until } from "./testing.ts";

export type Argv = LaunchOptions["argv"];

export interface Launching {
  readonly launcher: Launcher;
  readonly dir: string;
  /** The marker's first part, which is like no other's. */
  readonly prefix: string;
  /** Launches with output in `dir`/out. */
  launch(argv: Argv, options?: Partial<LaunchOptions>): ProcessIdentity;
  /** Launches a shell script. */
  sh(script: string, options?: Partial<LaunchOptions>): ProcessIdentity;
  treeOf(leader: ProcessIdentity | null, run?: string): ProcessTree;
  exitOf(identity: ProcessIdentity): Promise<ObservedExit>;
  output(): string;
  /** Pids that a script has written, one a line, as soon as there are so many. */
  pids(count: number): Promise<number[]>;
}

const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

export async function withLauncher(
  use: (launching: Launching) => Promise<void> | void,
  deps: Partial<LinuxLauncherDeps> = {},
): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir());
  await Deno.chmod(dir, 0o755);
  const launcher = createLinuxLauncher(deps);
  const prefix = `test-${crypto.randomUUID()}/`;
  try {
    await use(launching(launcher, dir, prefix));
  } finally {
    const sweeper = createLinuxLauncher(); // the launcher of the test may be one that cannot do everything
    for (const { marker } of sweeper.marked(prefix)) {
      await sweeper.killTree({ leader: null, marker, cgroup: "", jobName: "" }, AbortSignal.timeout(10_000));
    }
    sweeper.close();
    launcher.close();
    await new Promise((resolve) => setTimeout(resolve, 0)); // the wait on another thread returns
    await Deno.remove(dir, { recursive: true });
  }
}

function launching(launcher: Launcher, dir: string, prefix: string): Launching {
  const out = join(dir, "out");
  const launch = (argv: Argv, options: Partial<LaunchOptions> = {}) =>
    launcher.launch({
      ...launchOptions({ argv, cwd: dir, stdout: out, stderr: out, ...options }),
      env: { PATH, FARHAND_PROCESS: `${prefix}run`, ...options.env },
    });
  const output = () => Deno.readTextFileSync(out);
  return {
    launcher,
    dir,
    prefix,
    launch,
    sh: (script, options) => launch(["/bin/sh", "-c", script], options),
    treeOf: (leader, run = "run") => ({ leader, marker: `${prefix}${run}`, cgroup: "", jobName: "" }),
    exitOf: (identity) => new Promise((resolve) => launcher.watch(identity, resolve)),
    output,
    async pids(count) {
      const found = () => output().split("\n").filter((line) => /^\d+$/.test(line)).map(Number);
      await until(() => found().length >= count);
      return found();
    },
  };
}

/** A launch with nothing special about it. */
export function launchOptions(over: Partial<LaunchOptions> = {}): LaunchOptions {
  return {
    argv: ["x"],
    cwd: "/",
    env: {},
    stdout: null,
    stderr: null,
    user: "",
    group: "",
    umask: null,
    nice: 0,
    ulimits: {},
    cgroup: "",
    jobName: "",
    ...over,
  };
}

/** The letter of a process's state; "" for none. */
export function stateOf(pid: number): string {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return ""; // there is none
  }
}

export function isGone(pid: number): boolean {
  return stateOf(pid) === "";
}

/** Our children that have ended and were not taken. */
export function ownZombies(): number[] {
  const table = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/children`).split(" ").filter((word) => word !== "");
  return table.map(Number).filter((pid) => stateOf(pid) === "Z");
}
