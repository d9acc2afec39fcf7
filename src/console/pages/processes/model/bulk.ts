import type { HostState, ProcessActionRequest, ProcessState } from "../../../../protocol/mod.ts";
import { recordOf, recordsOf, textOf } from "../../shared/host_values.ts";
import { isReachable, type ProcessRow } from "./process_row.ts";

/** Starting, stopping or restarting several processes of several hosts, and what becomes of each. */

export const BULK_ACTIONS = ["start", "stop", "restart"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export type Target = Pick<ProcessRow, "key" | "hostId" | "host" | "hostState" | "id" | "name" | "state">;

/** Why nothing is asked for a target; the preview says so before. */
export type Obstacle = "host_offline" | "runs_already" | "is_down_already";

export interface Outcome {
  readonly ok: boolean;
  /** What the host says has happened, or why it has not. */
  readonly message: string;
}

export interface BulkOptions {
  /** Asks one host; rejects with an error that is told to people. */
  readonly ask: (hostId: string, request: ProcessActionRequest) => Promise<unknown>;
  readonly isNotFound: (error: unknown) => boolean;
  /** What is said of a process that the host has told nothing of, and of one that was not asked for any more. */
  readonly words: { readonly untold: string; readonly stopped: string };
}

/** How long a host may take for all that it was asked; what was begun goes on there. */
export const WAIT_MS = 30_000;
const HOSTS_AT_ONCE = 8;
const MAX_RESULTS = 10_000;
const NEEDS_START: readonly ProcessState[] = ["stopped", "failed", "backoff", "stopping"];

export function obstacleOf(
  action: BulkAction,
  { state, hostState }: Pick<Target, "state" | "hostState">,
): Obstacle | null {
  if (!isReachable(hostState as HostState)) return "host_offline";
  if (action === "start" && !NEEDS_START.includes(state)) return "runs_already";
  if (action === "stop" && state === "stopped") return "is_down_already";
  return null;
}

interface Asked {
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly settle: (outcome: Outcome | Promise<never>) => void;
}

/**
 * Does one thing to targets that are given one by one. Those that come together are gathered, so that each host is asked
 * once for all of its own: it starts what depends on each other in order. Some hosts are asked at a time.
 */
export class BulkRun {
  readonly #action: BulkAction;
  readonly #options: BulkOptions;
  readonly #waiting = new Map<string, Asked[]>();
  #asking = 0;

  constructor(action: BulkAction, options: BulkOptions) {
    this.#action = action;
    this.#options = options;
  }

  /** Rejects with the error of the host where it could not be asked. After an abort no further host is asked. */
  run(target: Target, signal: AbortSignal): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const gathered = this.#waiting.get(target.hostId) ?? [];
    gathered.push({ target, signal, settle: resolve });
    this.#waiting.set(target.hostId, gathered);
    queueMicrotask(() => this.#next());
    return promise;
  }

  #next(): void {
    while (this.#asking < HOSTS_AT_ONCE) {
      const next = this.#waiting.entries().next().value;
      if (next === undefined) return;
      this.#waiting.delete(next[0]);
      this.#asking++;
      this.#askHost(...next).finally(() => {
        this.#asking--;
        this.#next();
      });
    }
  }

  async #askHost(hostId: string, asked: readonly Asked[]): Promise<void> {
    const { ask, isNotFound, words } = this.#options;
    const given = asked.filter(({ signal, settle }) => {
      if (signal.aborted) settle({ ok: false, message: words.stopped });
      return !signal.aborted;
    });
    if (given.length === 0) return;
    const select = { ids: given.map(({ target }) => target.id) };
    let answer: unknown;
    try {
      answer = await ask(hostId, { action: this.#action, select, waitMs: WAIT_MS });
    } catch (error) {
      // One that is gone meanwhile makes the host refuse all of them; the others are still meant.
      if (given.length > 1 && isNotFound(error)) { for (const each of given) await this.#askHost(hostId, [each]); }
      else for (const { settle } of given) settle(Promise.reject(error));
      return;
    }
    const results = new Map(
      recordsOf(recordOf(answer)["results"], MAX_RESULTS).map((result) => [result["id"], result]),
    );
    for (const { target, settle } of given) {
      const result = results.get(target.id);
      if (result === undefined) settle({ ok: false, message: words.untold });
      else settle({ ok: result["ok"] === true, message: textOf(result["message"]) });
    }
  }
}
