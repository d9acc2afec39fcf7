import { AppError, type Clock } from "../../core/mod.ts";
import { currentOs, type ProcessTree, type Pty } from "../../platform/mod.ts";
import type { TerminalSystem } from "./ports.ts";

/** Time to end decently once the terminal has been taken away: an editor saves what was written. */
const GRACE_MS = 3_000;
/** Time that SIGKILL may take: who waits for a dead disk cannot be killed at all. */
const KILL_MS = 5_000;
/** How long to wait between looks whether somebody is left; the last again and again. */
const PAUSES_MS = [20, 50, 100, 250];

export interface Ending {
  readonly pty: Pty;
  readonly jobName: string;
  readonly clock: Clock;
  /** Aborts when there is no time left for doing it decently. */
  readonly hurry: AbortSignal;
}

/**
 * Ends what runs on terminals. To a terminal belong its shell, the descendants of that and everybody in its session. A
 * daemon that was started from there has left all of these and lives on, as it would after ssh: otherwise a web server that
 * somebody restarted by hand would end with a forgotten tab.
 */
export class Ender {
  readonly #system: TerminalSystem;
  /** One for all that are ended at the same time, as it is the looking at processes that costs. */
  #launcher: ReturnType<TerminalSystem["launcher"]> | null = null;
  #users = 0;

  constructor(system: TerminalSystem) {
    this.#system = system;
  }

  /** Tells everybody that the terminal is gone, and ends who is left after a while; how many would not. */
  async end({ pty, jobName, clock, hurry }: Ending): Promise<number> {
    const launcher = this.#launcher ??= this.#system.launcher();
    this.#users++;
    const tree: ProcessTree = { leader: pty.identity, marker: "", cgroup: "", jobName };
    try {
      hangUp(tree, pty, launcher);
      await this.#untilGone(tree, clock, hurry);
      return await kill(tree, clock, { launcher, hurry });
    } finally {
      pty.close();
      if (--this.#users === 0) {
        launcher.close();
        this.#launcher = null;
      }
    }
  }

  async #untilGone(tree: ProcessTree, clock: Clock, hurry: AbortSignal): Promise<void> {
    const endMs = clock.monotonicMs() + GRACE_MS;
    for (let look = 0; clock.monotonicMs() < endMs && !hurry.aborted; look++) {
      if ((this.#launcher?.members([tree])[0] ?? []).length === 0) return;
      await clock.sleep(PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)] ?? 0, hurry).catch(() => {}); // no time left
    }
  }
}

/** Who was stopped would not hear of it before he goes on. On Windows the console itself tells, when it is closed. */
function hangUp(tree: ProcessTree, pty: Pty, launcher: ReturnType<TerminalSystem["launcher"]>): void {
  if (currentOs() === "windows") return pty.close();
  try {
    launcher.signalTree(tree, "SIGHUP");
    launcher.signalTree(tree, "SIGCONT");
  } catch (error) {
    if (!(error instanceof AppError)) throw error; // who may not be signalled may still be gone soon, or is told as left
  }
}

async function kill(
  tree: ProcessTree,
  clock: Clock,
  { launcher, hurry }: { readonly launcher: ReturnType<TerminalSystem["launcher"]>; readonly hurry: AbortSignal },
): Promise<number> {
  const over = new AbortController();
  const limit = clock.sleep(KILL_MS, over.signal).then(() => over.abort(), () => {}); // all have ended before
  try {
    return await launcher.killTree(tree, AbortSignal.any([over.signal, hurry]));
  } finally {
    over.abort();
    await limit;
  }
}
