import { AppError } from "../core/mod.ts";
import { libsystem } from "./darwin/libsystem.ts";
import { groupAndSession } from "./darwin/process_groups.ts";
import { allProcesses } from "./darwin/processes.ts";
import { fileError } from "./file_error.ts";
import {
  equalIdentities,
  type Launcher,
  type LaunchOptions,
  type ObservedExit,
  type ProcessIdentity,
  type ProcessRow,
  type ProcessTree,
} from "./halves.ts";
import { findTool, launchLine } from "./launch_line.posix.ts";
import { darwinProcesses } from "./process_identity.darwin.ts";
import { divideIntoTrees } from "./process_trees.ts";
import { checkWorkDirectory, findProgram } from "./program_file.posix.ts";
import { TreeKiller } from "./tree_killer.ts";
import { createTreeMemory } from "./tree_memory.ts";
import { checkAppending, spawnByShell } from "./shell_spawn.posix.ts";

const POLL_MS = 250;
/** `$0` and `$1` are the files of output; what else our caller had open is closed. */
const APPEND_OUTPUT = 'exec >>"$0" 2>>"$1" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; shift; exec "$@"';
/** The start time of a child that had ended before it could be asked; no living process has it. */
const ENDED_AT_ONCE = "0";

/**
 * The simple half: no other user, limits or control groups; who has left the tree by a double fork is found only if it
 * was seen in it before, because environments of others are not read; ends of what is not our child are seen by
 * polling. Its shape is checked where this program is built, but it is not run there.
 */
export function createDarwinLauncher(): Launcher {
  return new DarwinLauncher();
}

interface Watched {
  readonly identity: ProcessIdentity;
  readonly onExit: (exit: ObservedExit) => void;
}

class DarwinLauncher implements Launcher {
  readonly #children = new Map<number, Promise<ObservedExit>>();
  readonly #watched = new Set<Watched>();
  readonly #memory = createTreeMemory();
  readonly #killer = new TreeKiller({
    look: (trees) => this.members(trees),
    kill: (_tree, members) => void signalEach(members, "SIGKILL"),
  });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  launch(options: LaunchOptions): ProcessIdentity {
    const command = commandFor(options);
    const child = startChild(options, command);
    child.unref();
    const exit = child.status.then(({ code, signal }): ObservedExit => signal === null ? { code } : { signal });
    this.#children.set(child.pid, exit);
    void exit.then(() => this.#children.delete(child.pid));
    const bootId = libsystem.bootSession() ?? "unknown";
    return darwinProcesses.identity(child.pid) ?? { pid: child.pid, startTime: ENDED_AT_ONCE, bootId };
  }

  watch(identity: ProcessIdentity, onExit: (exit: ObservedExit) => void): () => void {
    const entry: Watched = { identity, onExit };
    if (this.#isClosed) return () => {};
    this.#watched.add(entry);
    const child = this.#children.get(identity.pid);
    if (child !== undefined) void child.then((exit) => this.#finish(entry, exit));
    else queueMicrotask(() => this.#look(entry));
    this.#schedule();
    return () => this.#watched.delete(entry);
  }

  table(): ProcessRow[] {
    return allProcesses().map(rowOf).filter((row) => row !== null);
  }

  members(trees: readonly ProcessTree[]): ProcessRow[][] {
    const rows = this.table();
    this.#memory.keep(rows);
    const members = divideIntoTrees(rows, trees, {
      ownPid: Deno.pid,
      markerOf: () => "",
      cgroupPids: () => [],
      remembered: (row) => this.#memory.recall(row),
    });
    this.#memory.note(trees, members);
    return members;
  }

  signalTree(tree: ProcessTree, signal: Deno.Signal): number {
    const members = this.members([tree])[0] ?? [];
    const refusals = signalEach(members, signal);
    if (refusals.length > 0 && refusals.length === members.length) throw refusals[0];
    return members.length;
  }

  killTree(tree: ProcessTree, signal: AbortSignal): Promise<number> {
    return this.#killer.kill(tree, signal);
  }

  /** Nobody may read the environments of others here. */
  marked(): [] {
    return [];
  }

  close(): void {
    this.#isClosed = true;
    this.#watched.clear();
    clearTimeout(this.#timer);
  }

  #look(entry: Watched): void {
    if (!equalIdentities(darwinProcesses.identity(entry.identity.pid), entry.identity)) this.#finish(entry, {});
  }

  #finish(entry: Watched, exit: ObservedExit): void {
    if (this.#watched.delete(entry)) entry.onExit(exit);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const entry of [...this.#watched]) {
        if (!this.#children.has(entry.identity.pid)) this.#look(entry);
      }
      this.#schedule();
    }, POLL_MS);
    Deno.unrefTimer(this.#timer);
  }
}

function commandFor(options: LaunchOptions): string[] {
  const { argv, cwd, env, user, group, umask, nice, ulimits, cgroup } = options;
  if (user !== "" || group !== "") throw unsupported(argv[0], "as another user or group; run the agent as that user");
  if (Object.values(ulimits).some((value) => value !== "")) throw unsupported(argv[0], "with limits; leave them out");
  if (cgroup !== "") throw unsupported(argv[0], "in a control group; leave it out");
  checkWorkDirectory(cwd, () => true);
  const file = findProgram({ program: argv[0], cwd, path: env.PATH, canExecute });
  const line = launchLine({ cgroup, umask, ulimits, nice, ids: null }, (tool) => findTool(tool, canExecute));
  return [...line, file, ...argv.slice(1)];
}

function startChild({ argv, cwd, env, stdout, stderr }: LaunchOptions, command: readonly string[]): Deno.ChildProcess {
  const [out, errors] = [stdout ?? "/dev/null", stderr ?? "/dev/null"];
  for (const path of new Set([out, errors])) checkAppending(path, 0o640);
  try {
    return spawnByShell(APPEND_OUTPUT, [out, errors, ...command], { cwd, env });
  } catch (error) {
    throw fileError("start", argv[0], error);
  }
}

function canExecute(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false; // what cannot be looked at cannot be run either
  }
}

/** Null for one that has ended, or is of another user and hides. */
function rowOf({ pid, parent, name, state, use }: ReturnType<typeof allProcesses>[number]): ProcessRow | null {
  const identity = state === "zombie" ? null : darwinProcesses.identity(pid);
  if (identity === null) return null;
  return {
    identity,
    parentPid: parent,
    ...groupAndSession(pid),
    isZombie: false,
    cpuSeconds: use?.cpuSeconds ?? 0,
    rssBytes: use?.rssBytes ?? 0,
    threads: use?.threads ?? 0,
    name,
  };
}

function signalEach(members: readonly ProcessRow[], signal: Deno.Signal): AppError[] {
  const refusals: AppError[] = [];
  for (const { identity } of members) {
    try {
      darwinProcesses.signal(identity, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "forbidden") throw error;
      refusals.push(error); // it runs as somebody else, which must not keep the others from their signal
    }
  }
  return refusals;
}

function unsupported(program: string, what: string): AppError {
  return new AppError("unsupported", `Cannot start ${program} ${what}: macOS is not supported for that`);
}
