import { AppError } from "../core/mod.ts";
import type { LaunchOptions } from "./halves.ts";
import { directoryLine, findTool, launchLine, RESOURCES, type RunAs } from "./launch_line.posix.ts";
import { launchFailure, outputFailure } from "./launch_errors.linux.ts";
import type { SpawnCalls, StandardFiles } from "./linux/spawn.ts";
import { checkWorkDirectory, findProgram } from "./program_file.posix.ts";

export interface LaunchDeps {
  readonly calls: SpawnCalls;
  readonly close: (fd: number) => void;
  readonly runAs: (user: string, group: string) => RunAs | null;
  readonly isRoot: boolean;
}

/** Starts a program and gives its pid; throws what keeps it from being started. With a terminal that is its input and outputs. */
export function launchProgram(options: LaunchOptions, deps: LaunchDeps, terminal?: string): number {
  const { calls } = deps;
  checkTexts(options);
  const canExecute = (path: string) => calls.access(path, "execute") === 0;
  const [program] = options.argv;
  const file = findProgram({ program, cwd: options.cwd, path: options.env.PATH, canExecute });
  const line = lineFor(options, deps);
  if (line.length > 0) checkWorkDirectory(options.cwd, canExecute); // else the tools would tell it in the program's log
  const argv = line.length > 0 ? [...line, file, ...options.argv.slice(1)] : options.argv;
  const env = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
  const opened: number[] = [];
  try {
    const files: StandardFiles = terminal === undefined ? openFiles(options, calls, opened) : { terminal };
    const cwd = calls.canChangeDirectory() ? options.cwd : null;
    const pid = calls.spawn({ path: line[0] ?? file, argv, env, cwd, files });
    if (pid > 0) return pid;
    throw launchFailure({ file, cwd: options.cwd, canEnter: canExecute, hasLine: line.length > 0 }, -pid);
  } finally {
    opened.forEach(deps.close);
  }
}

function lineFor(options: LaunchOptions, deps: LaunchDeps): string[] {
  const { calls } = deps;
  const canExecute = (path: string) => calls.access(path, "execute") === 0;
  const ids = deps.runAs(options.user, options.group);
  checkRights(options, deps);
  checkGroup(options.cgroup, calls);
  const { cgroup, umask, ulimits, nice } = options;
  const line = launchLine({ cgroup, umask, ulimits, nice, ids }, (tool) => findTool(tool, canExecute));
  return calls.canChangeDirectory() ? line : [...directoryLine(options.cwd), ...line];
}

/** What only root may: `prlimit` would say it in the program's log, and `nice` would start the program all the same. */
function checkRights({ ulimits, nice }: LaunchOptions, { calls, isRoot }: LaunchDeps): void {
  if (isRoot) return;
  if (nice < 0 && !mayBeNice(nice, calls)) {
    throw new AppError("forbidden", `Cannot run a program with nice ${nice}: only root may; run the agent as root`);
  }
  for (const [name, value] of Object.entries(ulimits)) {
    const resource = RESOURCES[name];
    const hard = resource === undefined || value === "" ? null : calls.hardLimit(resource);
    if (hard === null || (value !== "unlimited" && /^\d+$/.test(value) && BigInt(value) <= hard)) continue;
    throw new AppError(
      "forbidden",
      `Cannot set the limit ${name} to ${value}: the agent's own is ${hard}, and only root may raise it`,
    );
  }
}

/** RLIMIT_NICE of n allows as little as 20 - n: https://man7.org/linux/man-pages/man2/getrlimit.2.html */
function mayBeNice(nice: number, calls: SpawnCalls): boolean {
  const hard = calls.hardLimit(RESOURCES.nice ?? 0);
  return hard === null || 20n - hard <= BigInt(nice);
}

function checkGroup(cgroup: string, calls: SpawnCalls): void {
  if (cgroup === "" || calls.access(`${cgroup}/cgroup.procs`, "write") === 0) return;
  throw new AppError(
    "unavailable",
    `Cannot put a program in the control group ${cgroup}: it is not there, or may not be written by the agent's user`,
  );
}

/** A zero byte would end the text for the system, and so change what is run. */
function checkTexts({ argv, cwd, env, cgroup }: LaunchOptions): void {
  const problem = [...argv, cwd, cgroup].some((text) => text.includes("\0"))
    ? "its command or directory has a zero byte in it"
    : Object.entries(env).some(([name, value]) => name === "" || /[=\0]/.test(name) || value.includes("\0"))
    ? "its environment has a name that is empty or has = in it, or a zero byte"
    : null;
  if (problem === null) return;
  throw new AppError("invalid_input", `Cannot start ${argv[0].replaceAll("\0", "?")}: ${problem}`);
}

/** Opens the outputs before anything else can fail for another reason, and with the agent's rights. */
function openFiles(
  { stdout, stderr }: LaunchOptions,
  calls: SpawnCalls,
  opened: number[],
): [stdin: number, stdout: number, stderr: number] {
  const open = (path: string | null) => {
    const fd = path === null ? calls.openNull() : calls.openOutput(path);
    if (fd < 0) throw outputFailure(path ?? "/dev/null", -fd);
    opened.push(fd);
    return fd;
  };
  const nothing = open(null);
  const out = stdout === null ? nothing : open(stdout);
  const errors = stderr === null ? nothing : stderr === stdout ? out : open(stderr);
  return [nothing, out, errors];
}
