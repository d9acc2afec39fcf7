import { AppError, type Clock, systemClock } from "../core/mod.ts";
import type { Launcher, LaunchOptions, ObservedExit, ProcessIdentity, ProcessRow, ProcessTree } from "./halves.ts";
import { ANY_BOOT } from "./process_identity.windows.ts";
import { ExitWatch } from "./windows/exit_watch.ts";
import { terminateProcess } from "./windows/ffi/kernel32.ts";
import { sendBreak } from "./windows/ffi/kernel32_console.ts";
import { assignToJob, lendJob } from "./windows/ffi/kernel32_jobs.ts";
import { abandon, resume, type SuspendedProcess } from "./windows/ffi/kernel32_launch.ts";
import { closeHandle, type Handle, openProcess, processCreated } from "./windows/ffi/kernel32_waits.ts";
import { processPresences } from "./windows/ffi/ntdll_processes.ts";
import { JobStore } from "./windows/job_store.ts";
import { treeMembers } from "./windows/process_trees.ts";
import { startSuspended } from "./windows/program_start.ts";

/** How soon it is looked whether a tree is gone, and how seldom it becomes when it is not. */
const FIRST_LOOK_MS = 5;
const LONGEST_PAUSE_MS = 100;

export function createWindowsLauncher(): Launcher {
  return new WindowsLauncher(systemClock);
}

/**
 * On Windows a tree is a job object. All that a program starts is in its job, nobody can leave it, and it is ended as a
 * whole. The job has no limits, so that it outlives us; the next agent opens it by its name.
 */
class WindowsLauncher implements Launcher {
  readonly #clock: Clock;
  readonly #jobs = new JobStore();
  readonly #watch = new ExitWatch();
  /** What was started and not yet watched: an open handle keeps the exit code of what ends meanwhile. */
  readonly #unwatched = new Map<string, Handle>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  launch(options: LaunchOptions): ProcessIdentity {
    const started = startSuspended(options);
    let identity: ProcessIdentity;
    try {
      identity = { pid: started.pid, startTime: processCreated(started.process), bootId: ANY_BOOT };
      this.#putIntoJob(started, options.jobName);
      resume(started);
    } catch (error) {
      abandon(started);
      throw error;
    }
    closeHandle(started.thread);
    this.#unwatched.set(keyOf(identity), started.process);
    return identity;
  }

  watch(identity: ProcessIdentity, onExit: (exit: ObservedExit) => void): () => void {
    let wanted = true;
    const tell = (exit: ObservedExit) => {
      if (wanted) onExit(exit);
      wanted = false;
    };
    const process = this.#takeHandle(identity);
    // Never before the caller has what was returned.
    if (process === null) queueMicrotask(() => tell({}));
    else this.#watch.add(process, (exit) => queueMicrotask(() => tell(exit)));
    return () => {
      wanted = false;
      if (process !== null) this.#watch.remove(process);
    };
  }

  table(): ProcessRow[] {
    return processPresences().map(({ pid, startTime, parentPid, threads, cpuSeconds, workingSetBytes, name }) => ({
      identity: { pid, startTime, bootId: ANY_BOOT },
      parentPid,
      processGroup: 0,
      session: 0,
      isZombie: threads === 0,
      cpuSeconds,
      rssBytes: workingSetBytes,
      threads,
      name,
    }));
  }

  /**
   * A job names its processes by pid, so it is asked before and after the rows are read: a pid that was in the job both
   * times was not given to a stranger in between.
   */
  members(trees: readonly ProcessTree[]): ProcessRow[][] {
    const before = trees.map(({ jobName }) => this.#jobs.pids(jobName));
    const rows = this.table();
    const marks = trees.map(({ leader, jobName }, index) => {
      const pids = before[index] ?? [];
      const after = pids.length === 0 ? new Set() : new Set(this.#jobs.pids(jobName));
      return { leader, jobPids: new Set(pids.filter((pid) => after.has(pid))) };
    });
    return treeMembers(rows, marks, Deno.pid);
  }

  signalTree(tree: ProcessTree, signal: Deno.Signal): number {
    const [members = []] = this.members([tree]);
    if (members.length === 0) return 0;
    if (signal === "SIGKILL") this.#end(tree, members);
    else this.#ask(tree, members, signal);
    return members.length;
  }

  async killTree(tree: ProcessTree, signal: AbortSignal): Promise<number> {
    for (let pauseMs = FIRST_LOOK_MS;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const [members = []] = this.members([tree]);
      if (members.length === 0) {
        this.#jobs.release(tree.jobName);
        return 0;
      }
      if (signal.aborted) return members.length;
      this.#tryToEnd(tree, members);
      await this.#clock.sleep(pauseMs, signal).catch(() => {}); // aborted: the next round tells who is left
    }
  }

  /**
   * Nobody's: Windows shows the environment of a process only to those who read its memory. What an agent before us has
   * started is found by the identity and the name of the job that it has stored.
   */
  marked(): readonly { readonly row: ProcessRow; readonly marker: string }[] {
    return [];
  }

  close(): void {
    this.#watch.close();
    this.#jobs.close();
    for (const process of this.#unwatched.values()) closeHandle(process);
    this.#unwatched.clear();
  }

  #putIntoJob({ process }: SuspendedProcess, jobName: string): void {
    if (jobName === "") return;
    const job = this.#jobs.ensure(jobName);
    assignToJob(job, process);
    lendJob(job, process);
  }

  #takeHandle(identity: ProcessIdentity): Handle | null {
    const key = keyOf(identity);
    const process = this.#unwatched.get(key);
    if (process === undefined) return openProcess(identity.pid, identity.startTime);
    this.#unwatched.delete(key);
    return process;
  }

  /** Those in the job as one act, then each of the others, whose handle is compared with its identity. */
  #end(tree: ProcessTree, members: readonly ProcessRow[]): void {
    const inJob = new Set(this.#jobs.pids(tree.jobName));
    if (inJob.size > 0) this.#jobs.terminate(tree.jobName);
    const failures: unknown[] = [];
    for (const { identity } of members) {
      try {
        if (!inJob.has(identity.pid)) terminateProcess(identity.pid, identity.startTime);
      } catch (error) {
        failures.push(error); // the others are ended all the same
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #tryToEnd(tree: ProcessTree, members: readonly ProcessRow[]): void {
    try {
      this.#end(tree, members);
    } catch (error) {
      // Who may not be ended now may have gone the next time, and is counted as left if not.
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** Only what we have started leads a process group; a pid that leads none would mean everybody on that console. */
  #ask({ leader, jobName }: ProcessTree, members: readonly ProcessRow[], signal: Deno.Signal): void {
    const isBreak = signal === "SIGINT" || signal === "SIGTERM";
    const leads = leader !== null && members.some(({ identity }) => keyOf(identity) === keyOf(leader));
    if (isBreak && leads && jobName !== "" && this.#sendBreak(leader)) return;
    throw new AppError(
      "unsupported",
      `Cannot send ${signal} to process ${leader?.pid ?? members[0]?.identity.pid}: Windows can only end it at once; ` +
        "name a command in stop.command that asks the program to end",
    );
  }

  /** The pid stays with the process while it is open. */
  #sendBreak(leader: ProcessIdentity): boolean {
    const process = openProcess(leader.pid, leader.startTime);
    if (process === null) return false;
    try {
      return sendBreak(leader.pid);
    } finally {
      closeHandle(process);
    }
  }
}

function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid}:${startTime}`;
}
