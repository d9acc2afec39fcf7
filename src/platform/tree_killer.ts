import { type Clock, systemClock } from "../core/mod.ts";
import type { ProcessRow, ProcessTree } from "./halves.ts";

/** How long to wait between the rounds of one tree; the last again and again. */
const PAUSES_MS = [5, 5, 10, 20, 50, 100];
/** A process may be born while it is looked; one that nobody gives birth to any more is found by the next look. */
const EMPTY_LOOKS = 2;

export interface TreeKillerDeps {
  /** Looks anew who belongs to each of the trees. */
  readonly look: (trees: readonly ProcessTree[]) => ProcessRow[][];
  readonly kill: (tree: ProcessTree, members: readonly ProcessRow[]) => void;
  readonly clock?: Clock;
}

interface Job {
  readonly tree: ProcessTree;
  readonly signal: AbortSignal;
  readonly done: (left: number) => void;
  readonly failed: (error: unknown) => void;
  rounds: number;
  emptyLooks: number;
}

/**
 * Kills whole trees, round after round until nobody is left: who is born between look and kill is met by the next
 * round. Trees that are to be killed at the same time share the looks, which cost the most.
 */
export class TreeKiller {
  readonly #deps: TreeKillerDeps;
  readonly #clock: Clock;
  readonly #jobs = new Set<Job>();
  #wake: AbortController | undefined;

  constructor(deps: TreeKillerDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  kill(tree: ProcessTree, signal: AbortSignal): Promise<number> {
    return new Promise((done, failed) => {
      const isIdle = this.#jobs.size === 0;
      this.#jobs.add({ tree, signal, done, failed, rounds: 0, emptyLooks: 0 });
      if (isIdle) void this.#run();
      else this.#wake?.abort();
    });
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // those who ask together are served together
    while (this.#jobs.size > 0) {
      this.#round([...this.#jobs]);
      const { size } = this.#jobs;
      if (size > 0) await this.#pause();
    }
  }

  #round(jobs: readonly Job[]): void {
    try {
      const members = this.#deps.look(jobs.map(({ tree }) => tree));
      jobs.forEach((job, index) => this.#serve(job, members[index] ?? []));
    } catch (error) {
      for (const job of jobs) this.#finish(job, () => job.failed(error));
    }
  }

  #serve(job: Job, members: readonly ProcessRow[]): void {
    job.rounds++;
    job.emptyLooks = members.length === 0 ? job.emptyLooks + 1 : 0;
    if (members.length > 0) this.#deps.kill(job.tree, members);
    if (job.signal.aborted || job.emptyLooks >= EMPTY_LOOKS) this.#finish(job, () => job.done(members.length));
  }

  #finish(job: Job, tell: () => void): void {
    this.#jobs.delete(job);
    tell();
  }

  async #pause(): Promise<void> {
    const wake = this.#wake = new AbortController();
    const pauses = [...this.#jobs].map(({ rounds }) => PAUSES_MS[Math.min(rounds, PAUSES_MS.length) - 1] ?? 0);
    const stop = AbortSignal.any([wake.signal, ...[...this.#jobs].map(({ signal }) => signal)]);
    try {
      await this.#clock.sleep(Math.min(...pauses), stop);
    } catch {
      // Somebody has joined, or has given up: then the next round is due now.
    }
    this.#wake = undefined;
  }
}
