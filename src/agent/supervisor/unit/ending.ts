import { AppError, Duration, messageOf, oneLine } from "../../../core/mod.ts";
import { type ProcessTree, runCommand, spawnCommand } from "../../../platform/mod.ts";
import type { ProcessSpec } from "../spec/process_spec.ts";
import type { Run, UnitServices } from "./services.ts";

export interface Ending {
  readonly spec: ProcessSpec;
  readonly run: Run;
  /** Resolves when the leader has ended. */
  readonly leaderGone: Promise<void>;
  /** Aborts when the agent itself leaves: then everything stays as it is. */
  readonly signal: AbortSignal;
}

/** How long a kill is tried before it is reported as impossible, and tried again. */
const KILL_LIMIT_MS = 10_000;
const POLL_MS = 20;
const RETRY_MS = 1_000;
/** What is told of a stop command that failed. */
const STDERR_TAIL_BYTES = 200;

/** Ends a tree whatever comes in between, such as a want of descriptors; null when the agent leaves before. */
export async function endTreeSurely(ending: Ending, services: UnitServices): Promise<string | null> {
  const { spec, signal } = ending;
  while (!signal.aborted) {
    try {
      return await endTree(ending, services);
    } catch (error) {
      if (signal.aborted) break;
      services.log.error("process cannot be ended", { process: spec.id, reason: messageOf(error) });
      await services.clock.sleep(RETRY_MS, signal).catch(() => {}); // the loop looks whether the agent leaves
    }
  }
  return null;
}

/** Ends what a program that has ended by itself has left behind. Never fails: the next start does not wait for ever. */
export async function endRest(
  id: string,
  tree: ProcessTree,
  { launcher, log }: UnitServices,
  signal: AbortSignal,
): Promise<void> {
  try {
    await launcher.killTree(tree, signal);
  } catch (error) {
    log.error("what a process has left behind cannot be ended", { process: id, reason: messageOf(error) });
  }
}

/**
 * Ends a whole tree: the stop command, or the signal to its leader; when that has ended, the signal to whoever of the
 * tree is left, such as the program behind a wrapper script; when the time is over, everybody is killed. Resolves with
 * how it went when nobody is left.
 */
async function endTree(ending: Ending, services: UnitServices): Promise<string> {
  const { spec, run, signal } = ending;
  const { clock, launcher } = services;
  const deadlineMs = clock.monotonicMs() + spec.stop.timeoutMs;
  const restMs = () => deadlineMs - clock.monotonicMs();
  const asked = await askToEnd(ending, services, restMs);
  await leaderOrDeadline(ending, services, restMs);
  let alive = aliveIn(run.tree, services);
  if (alive > 0 && restMs() > 0 && asked.isSignal) signalRest(ending, services);
  while (alive > 0 && restMs() > 0) {
    await clock.sleep(Math.min(POLL_MS, Math.max(1, restMs())), signal);
    alive = aliveIn(run.tree, services);
  }
  if (alive === 0) return asked.text;
  for (;;) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(KILL_LIMIT_MS)]);
    const left = await launcher.killTree(run.tree, limit);
    signal.throwIfAborted();
    if (left === 0) break;
    services.log.error("processes cannot be killed", { process: spec.id, left, hint: "they hang in the kernel" });
  }
  return spec.stop.timeoutMs === 0
    ? "killed"
    : `killed, not ended ${new Duration(spec.stop.timeoutMs)} after ${asked.text}`;
}

interface Asked {
  readonly text: string;
  readonly isSignal: boolean;
}

async function askToEnd(ending: Ending, services: UnitServices, restMs: () => number): Promise<Asked> {
  const { spec, run, signal } = ending;
  if (restMs() <= 0) return { text: "being told", isSignal: false };
  if (spec.stop.command !== null) {
    const failure = await runStopCommand(ending, services, restMs());
    signal.throwIfAborted();
    if (failure === null) return { text: "its stop command", isSignal: false };
    services.log.warn("stop command failed; the signal is sent instead", { process: spec.id, reason: failure });
  }
  try {
    services.signalOne(run.identity, spec.stop.signal);
  } catch (error) {
    // Where there is no such signal, as on Windows, or the process is somebody else's by now, only the kill is left.
    if (error instanceof AppError && error.code === "unsupported") return await askTree(ending, services);
    services.log.warn("stop signal cannot be sent", { process: spec.id, reason: messageOf(error) });
  }
  return { text: spec.stop.signal, isSignal: true };
}

/** Windows can ask a whole console at most; where it cannot, there is nothing to wait for. */
async function askTree({ run, spec }: Ending, { launcher, log }: UnitServices): Promise<Asked> {
  try {
    launcher.signalTree(run.tree, spec.stop.signal);
  } catch (error) {
    log.debug("tree cannot be asked to end", { process: spec.id, reason: messageOf(error) });
    await launcher.killTree(run.tree, AbortSignal.timeout(KILL_LIMIT_MS));
    return { text: "a kill, the one way to end it here", isSignal: false };
  }
  return { text: spec.stop.signal, isSignal: true };
}

/** Null when it exited with 0, otherwise why it counts as failed. */
async function runStopCommand(
  { spec: { stop, workDir, env }, run, signal }: Ending,
  { clock }: UnitServices,
  timeoutMs: number,
): Promise<string | null> {
  if (stop.command === null) return null;
  try {
    const group = spawnCommand({
      argv: stop.command,
      cwd: workDir,
      env: { ...env, MAINPID: String(run.identity.pid) },
    });
    const limits = { timeoutMs, maxOutputBytes: Infinity, tailBytes: STDERR_TAIL_BYTES };
    const { killedFor, status, stderr } = await runCommand(group, limits, clock, signal);
    if (killedFor !== null || status === null) return "it took too long";
    if (status.code === 0) return null;
    const said = oneLine(new TextDecoder().decode(stderr), STDERR_TAIL_BYTES);
    return `it ended with exit code ${status.code}${said === "" ? "" : `: ${said}`}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function leaderOrDeadline({ leaderGone, signal }: Ending, { clock }: UnitServices, restMs: () => number) {
  if (restMs() <= 0) return;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const limit = clock.sleep(restMs(), either).catch(() => {}); // either of the two has ended the wait
  await Promise.race([leaderGone, limit]);
  over.abort();
  signal.throwIfAborted();
}

function signalRest({ run, spec }: Ending, { launcher, log }: UnitServices): void {
  try {
    launcher.signalTree(run.tree, spec.stop.signal);
  } catch (error) {
    log.debug("rest of the tree cannot be signalled", { process: spec.id, reason: messageOf(error) });
  }
}

/** How many of a tree live. Its control group knows at once when nobody does; else all processes are looked at. */
export function aliveIn(tree: ProcessTree, { launcher }: Pick<UnitServices, "launcher">): number {
  if (tree.cgroup !== "" && isEmptyGroup(tree.cgroup)) return 0;
  return launcher.members([tree])[0]?.length ?? 0;
}

function isEmptyGroup(directory: string): boolean {
  try {
    return Deno.readTextFileSync(`${directory}/cgroup.events`).startsWith("populated 0");
  } catch {
    return false; // a group that cannot be asked proves nothing
  }
}
