import { ENDED_TASK_STATES, type Task, TASK_STATES, type TaskState } from "../../../protocol/mod.ts";

/** What the task list is asked for; as in its address. */
export interface TaskFilter {
  readonly hostId?: string;
  readonly batchId?: string;
  /** Empty for all. */
  readonly states: readonly TaskState[];
}

/** The states in groups, as people ask for them. */
export const STATE_GROUPS: Readonly<Record<"open" | "failed" | "done", readonly TaskState[]>> = {
  open: ["queued", "sent", "running"],
  failed: ["failed", "expired", "cancelled"],
  done: ["done"],
};

/** Those that can be tried again. */
export const RETRIED_STATES: readonly TaskState[] = ["failed", "expired", "cancelled"];

export function isEnded(state: TaskState): boolean {
  return ENDED_TASK_STATES.includes(state);
}

export function isWanted({ hostId, batchId, states }: TaskFilter, task: Task): boolean {
  return (hostId === undefined || task.hostId === hostId) && (batchId === undefined || task.batchId === batchId) &&
    (states.length === 0 || states.includes(task.state));
}

/** Newest first; of one time by id, as the manager lists them. */
export function compareTasks(a: Task, b: Task): number {
  return b.createdMs - a.createdMs || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1);
}

/** More of the list, or the same again: each task once, as it was told last. */
export function withPage(tasks: readonly Task[], page: readonly Task[]): Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const task of page) byId.set(task.id, latest(byId.get(task.id), task));
  return [...byId.values()].sort(compareTasks);
}

/**
 * The list after a task was told of live. A new one that fits comes in; one that is shown stays, though it does not fit
 * any more, because rows that vanish under somebody's eyes help nobody. What is older than all that was loaded waits for
 * its page.
 */
export function withTask(tasks: readonly Task[], task: Task, filter: TaskFilter, hasMore: boolean): readonly Task[] {
  const at = tasks.findIndex(({ id }) => id === task.id);
  if (at >= 0) {
    const known = tasks[at];
    const now = latest(known, task);
    return now === known ? tasks : tasks.with(at, now);
  }
  const last = tasks.at(-1);
  const isBelow = hasMore && last !== undefined && compareTasks(task, last) > 0;
  return isBelow || !isWanted(filter, task) ? tasks : [...tasks, task].sort(compareTasks);
}

const ORDER: Readonly<Record<TaskState, number>> = {
  queued: 0,
  sent: 1,
  running: 2,
  done: 3,
  failed: 3,
  expired: 3,
  cancelled: 3,
};

/** Lists and what is told live cross each other on the way; an end is the last word, and one with its output beats one without. */
export function latest(known: Task | undefined, told: Task): Task {
  if (known === undefined) return told;
  const [before, after] = [ORDER[known.state], ORDER[told.state]];
  if (before === 3 && after < 3) return known;
  const hasMore = (known.result?.output ?? "") !== "" && (told.result?.output ?? "") === "";
  return before === 3 && after === 3 && hasMore ? known : told;
}

export type TaskCounts = Readonly<Partial<Record<TaskState, number>>>;

export function countsOf(tasks: Iterable<Task>): TaskCounts {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

export interface Progress {
  readonly total: number;
  readonly ended: number;
  readonly done: number;
  /** Failed or expired. */
  readonly bad: number;
  /** The bar, in parts of 1, those that are none left out. */
  readonly parts: readonly { readonly state: TaskState; readonly count: number; readonly share: number }[];
}

const BAR: readonly TaskState[] = ["done", "failed", "expired", "cancelled", "running", "sent", "queued"];

export function progressOf(counts: TaskCounts): Progress {
  const of = (states: readonly TaskState[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const total = of(TASK_STATES);
  const parts = BAR.map((state) => ({ state, count: counts[state] ?? 0 })).filter(({ count }) => count > 0);
  return {
    total,
    ended: of(ENDED_TASK_STATES),
    done: of(["done"]),
    bad: of(["failed", "expired"]),
    parts: parts.map((part) => ({ ...part, share: part.count / total })),
  };
}
