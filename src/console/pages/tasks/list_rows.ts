import type { Batch, Task, TaskList } from "../../../protocol/mod.ts";
import { compareTasks, isWanted, latest, type Progress, progressOf, type TaskFilter } from "./task_rows.ts";

/** A row of the list: a task, with the batch that it stands for. */
export interface ListRow {
  /** The newest of the batch that fits the filter; the only one where there is one. */
  readonly task: Task;
  /** Null where rows are tasks, or the batch has been forgotten. */
  readonly batch: Batch | null;
}

/** What is told of a batch in its row; null for a single task. */
export interface BatchSummary {
  readonly id: string;
  readonly progress: Progress;
}

export function summaryOf({ batch }: ListRow): BatchSummary | null {
  const progress = batch === null ? null : progressOf(batch.counts);
  return batch === null || progress === null || progress.total <= 1 ? null : { id: batch.id, progress };
}

/** As they were asked for: with batches one row for each, without one for each task. */
export function rowsOf({ tasks, batches }: TaskList): ListRow[] {
  const byId = new Map((batches ?? []).map((batch) => [batch.id, batch]));
  return tasks.map((task) => ({ task, batch: byId.get(task.batchId) ?? null }));
}

export const keyOfRow = (row: ListRow, isByBatch: boolean): string => isByBatch ? row.task.batchId : row.task.id;

/** The next page below; a batch that both have stands once. */
export function withRows(rows: readonly ListRow[], page: readonly ListRow[], isByBatch: boolean): ListRow[] {
  const known = new Set(rows.map((row) => keyOfRow(row, isByBatch)));
  return [...rows, ...page.filter((row) => !known.has(keyOfRow(row, isByBatch)))];
}

export interface LiveOptions {
  readonly filter: TaskFilter;
  readonly isByBatch: boolean;
  /** Whether older ones have not been loaded: what is older than all that is shown waits for its page. */
  readonly hasMore: boolean;
}

/**
 * The rows after a task was told of live. What is shown stays, though it may not fit any more: rows that vanish under
 * somebody's eyes help nobody. Of batches the counts are known to the manager alone, who has to be asked again.
 */
export function withLiveTask(rows: readonly ListRow[], task: Task, options: LiveOptions): readonly ListRow[] {
  const { filter, isByBatch, hasMore } = options;
  const at = rows.findIndex((row) => isByBatch ? row.task.batchId === task.batchId : row.task.id === task.id);
  const row = rows[at];
  if (row !== undefined) {
    const now = row.task.id === task.id ? latest(row.task, task) : row.task;
    return now === row.task ? rows : rows.with(at, { ...row, task: now });
  }
  const last = rows.at(-1)?.task;
  const isBelow = hasMore && last !== undefined && compareTasks(task, last) > 0;
  if (isBelow || !isWanted(filter, task)) return rows;
  return [...rows, { task, batch: null }].sort((a, b) => compareTasks(a.task, b.task));
}

/** With the counts of a batch as they are by now. */
export function withBatch(rows: readonly ListRow[], batch: Batch): readonly ListRow[] {
  const at = rows.findIndex((row) => row.task.batchId === batch.id);
  const row = rows[at];
  return row === undefined || isSameBatch(row.batch, batch) ? rows : rows.with(at, { ...row, batch });
}

function isSameBatch(a: Batch | null, b: Batch): boolean {
  return a !== null && JSON.stringify(a.counts) === JSON.stringify(b.counts);
}
