import type { TaskQuery, TaskRecord, TaskStore } from "../../../src/manager/store/contract.ts";
import { ENDED_TASK_STATES, type TaskState } from "../../../src/protocol/mod.ts";
import { add, answer, conflict, find, removeWhere, type Tables } from "./tables.ts";

const isEnded = ({ state }: TaskRecord): boolean => ENDED_TASK_STATES.includes(state);

export function memoryTasks({ tasks, batches }: Tables): TaskStore {
  const byKey = (by: string, key: string) =>
    find(batches, ({ createdBy, idempotencyKey }) => createdBy === by && idempotencyKey === key);
  return {
    add: (batch, added) =>
      answer(() => {
        if (batch.idempotencyKey !== null && byKey(batch.createdBy, batch.idempotencyKey) !== null) {
          throw conflict("idempotencyKey");
        }
        const ids = new Set(added.map(({ id }) => id));
        if (ids.size < added.length || added.some(({ id }) => tasks.has(id))) throw conflict("id");
        add(batches, batch, []);
        for (const task of added) add(tasks, task, []);
      }),
    batchByKey: (createdBy, key) => answer(() => byKey(createdBy, key)),
    batch: (id) => answer(() => batches.get(id) ?? null),
    counts: (id) =>
      answer(() => {
        const counts: Partial<Record<TaskState, number>> = {};
        for (const { batchId, state } of tasks.values()) if (batchId === id) counts[state] = (counts[state] ?? 0) + 1;
        return counts;
      }),
    get: (id) => answer(() => tasks.get(id) ?? null),
    change: (id, from, change) =>
      answer(() => {
        const before = tasks.get(id);
        if (before === undefined || !from.includes(before.state)) return null;
        const after = { ...before, ...structuredClone(change) };
        tasks.set(id, after);
        return after;
      }),
    list: (query) => answer(() => listed([...tasks.values()], query)),
    open: () =>
      answer(() => [...tasks.values()].filter((task) => !isEnded(task)).sort((a, b) => a.createdMs - b.createdMs)),
    trim: (beforeMs) =>
      answer(() => {
        const removed = removeWhere(tasks, (task) => isEnded(task) && (task.endedMs ?? task.createdMs) < beforeMs);
        const used = new Set([...tasks.values()].map(({ batchId }) => batchId));
        removeWhere(batches, ({ id, createdMs }) => createdMs < beforeMs && !used.has(id));
        return removed;
      }),
  };
}

function listed(tasks: readonly TaskRecord[], query: TaskQuery): TaskRecord[] {
  const { hostIds, batchId, exceptBatchIds = [], states, before, limit } = query;
  const isNewer = (a: TaskRecord, b: { createdMs: number; id: string }) =>
    a.createdMs === b.createdMs ? a.id > b.id : a.createdMs > b.createdMs;
  return tasks.filter((task) =>
    (hostIds?.includes(task.hostId) ?? true) && task.batchId === (batchId ?? task.batchId) &&
    !exceptBatchIds.includes(task.batchId) && (states?.includes(task.state) ?? true) &&
    (before === undefined || (!isNewer(task, before) && task.id !== before.id))
  ).sort((a, b) => isNewer(a, b) ? -1 : 1).slice(0, limit);
}
