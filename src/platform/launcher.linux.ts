import { AppError, systemClock } from "../core/mod.ts";
import { cgroupPids, killCgroup } from "./cgroup_members.linux.ts";
import { ExitWatch } from "./exit_watch.linux.ts";
import type { Launcher, LaunchOptions, ProcessIdentity, ProcessRow, ProcessTree } from "./halves.ts";
import { launchProgram } from "./launch.linux.ts";
import { lazy } from "./lazy.ts";
import { accountCalls } from "./linux/accounts.ts";
import { childCalls } from "./linux/children.ts";
import { libc } from "./linux/libc.ts";
import { createReactor } from "./linux/reactor.ts";
import { spawnCalls } from "./linux/spawn.ts";
import { OrphanReaper } from "./orphan_reaper.linux.ts";
import { signalByDescriptor } from "./process_identity.linux.ts";
import { createProcessTable } from "./process_table.linux.ts";
import { RunAsResolver } from "./run_as.linux.ts";
import { TreeFinder } from "./tree_finder.linux.ts";
import { TreeKiller } from "./tree_killer.ts";

/** What tests replace. */
export interface LinuxLauncherDeps {
  readonly procRoot: string;
  readonly spawn: typeof spawnCalls;
  readonly descriptors: { pidfdOpen(pid: number): number; close(fd: number): void };
  readonly openReactor: typeof createReactor;
}

/** Nothing is opened before the first program is launched or watched. */
export function createLinuxLauncher(deps: Partial<LinuxLauncherDeps> = {}): Launcher {
  return new LinuxLauncher({
    procRoot: "/proc",
    spawn: spawnCalls,
    descriptors: libc,
    openReactor: createReactor,
    ...deps,
  });
}

class LinuxLauncher implements Launcher {
  readonly #deps: LinuxLauncherDeps;
  readonly #finder: TreeFinder;
  readonly #watch: ExitWatch;
  readonly #reaper: OrphanReaper;
  readonly #killer: TreeKiller;
  readonly #runAs: RunAsResolver;
  readonly #isSubreaper = lazy(() => childCalls.becomeSubreaper());
  #isClosed = false;

  constructor(deps: LinuxLauncherDeps) {
    this.#deps = deps;
    const table = createProcessTable(deps.procRoot);
    const isLivingChild = (pid: number) => this.#watch.isLivingChild(pid);
    const context = { table, children: childCalls, ownPid: Deno.pid, isLivingChild };
    this.#finder = new TreeFinder({ ...context, cgroupPids, monotonicMs: () => systemClock.monotonicMs() });
    this.#watch = new ExitWatch({
      ...context,
      descriptors: deps.descriptors,
      openReactor: deps.openReactor,
      onEnds: () => this.#finder.forget(),
    });
    this.#reaper = new OrphanReaper({ ...context, onChildEnd: () => this.#watch.pollNow() });
    this.#killer = new TreeKiller({
      look: (trees) => this.#lookAnew(trees),
      kill: (tree, members) => this.#kill(tree, members),
    });
    this.#runAs = new RunAsResolver({
      accounts: accountCalls,
      ownUid: Deno.uid() ?? 0,
      ownGid: Deno.gid() ?? 0,
      monotonicMs: () => systemClock.monotonicMs(),
    });
  }

  launch(options: LaunchOptions): ProcessIdentity {
    if (this.#isClosed) throw new AppError("cancelled", `Cannot start ${options.argv[0]}: the agent is stopping`);
    const isSubreaper = this.#isSubreaper();
    const pid = launchProgram(options, {
      calls: this.#deps.spawn,
      close: (fd) => libc.close(fd),
      runAs: (user, group) => this.#runAs.resolve(user, group),
      isRoot: Deno.uid() === 0,
    });
    // It cannot be gone: until we take its end it is a zombie at least.
    const row = this.#finder.launched(pid, isSubreaper);
    if (row === null) throw this.#unreadable(pid, options.argv[0]);
    this.#reaper.addSession(pid);
    this.#watch.addChild(row.identity);
    return row.identity;
  }

  watch(identity: ProcessIdentity, onExit: Parameters<Launcher["watch"]>[1]): () => void {
    return this.#watch.watch(identity, onExit);
  }

  table(): ProcessRow[] {
    return this.#finder.table();
  }

  members(trees: readonly ProcessTree[]): ProcessRow[][] {
    return this.#finder.members(trees);
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

  marked(prefix: string): { readonly row: ProcessRow; readonly marker: string }[] {
    return this.#finder.marked(prefix);
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
    this.#reaper.close();
  }

  #lookAnew(trees: readonly ProcessTree[]): ProcessRow[][] {
    this.#reaper.reap();
    this.#finder.forget();
    return this.#finder.members(trees);
  }

  /** Those who refuse are met again by the next round, and are counted as left at last. */
  #kill(tree: ProcessTree, members: readonly ProcessRow[]): void {
    if (tree.cgroup !== "") killCgroup(tree.cgroup, Deno.pid);
    for (const group of this.#finder.wholeGroups(members)) killGroup(group);
    signalEach(members, "SIGKILL");
  }

  /** Without /proc nobody can be told from anybody, so nobody is left running. */
  #unreadable(pid: number, program: string): AppError {
    Deno.kill(pid, "SIGKILL");
    const { procRoot } = this.#deps;
    return new AppError(
      "unavailable",
      `Cannot supervise ${program}: ${procRoot}/${pid} cannot be read; mount ${procRoot}`,
    );
  }
}

/** The oldest first, so that a leader does not see its workers end and start new ones. */
function signalEach(members: readonly ProcessRow[], signal: Deno.Signal): AppError[] {
  const refusals: AppError[] = [];
  for (const { identity } of [...members].sort((a, b) => age(a) - age(b))) {
    try {
      signalByDescriptor(identity, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "forbidden") throw error;
      refusals.push(error); // it runs as somebody else, which must not keep the others from their signal
    }
  }
  return refusals;
}

function age({ identity }: ProcessRow): number {
  return Number(identity.startTime);
}

/** Everybody at once: who forks faster than it is looked cannot get away from this. */
function killGroup(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch (error) {
    // Nobody of it is left, or who is left runs as somebody else, which each one's own signal tells.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}
