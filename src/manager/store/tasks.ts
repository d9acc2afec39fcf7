import type { Operation, TaskState } from "../../protocol/mod.ts";
import { type Access, forgetByParts } from "./access.ts";
import { Conditions } from "./conditions.ts";
import type { BatchRecord, TaskQuery, TaskRecord, TaskStore } from "./contract.ts";
import { rowLimit, type Sql, textSet } from "./sql.ts";
import { json, nullable, number, optional, Table, text } from "./table.ts";

export const BATCHES = new Table<BatchRecord>("batches", {
  id: text(),
  title: text(),
  createdBy: text(),
  createdMs: number,
  concurrency: number,
  maxFailures: optional(number),
  idempotencyKey: nullable(text()),
});

/** The tasks of a batch mostly have one operation, which may be large: it stands once, and they refer to it. */
type TaskRow = Omit<TaskRecord, "operation"> & { readonly operationN: number };

export const TASKS = new Table<TaskRow>("tasks", {
  id: text(),
  batchId: text(),
  hostId: text(),
  title: text(),
  operationN: number,
  state: text(),
  reason: text(),
  createdBy: text(),
  createdMs: number,
  sentMs: nullable(number),
  endedMs: nullable(number),
  expiresMs: number,
  timeoutMs: number,
  result: nullable(json()),
});

/** As the schema's indexes say it, or they do not serve. */
const IS_ENDED = "state IN ('done', 'failed', 'expired', 'cancelled')";
const IS_OPEN = "state NOT IN ('done', 'failed', 'expired', 'cancelled')";

export function taskStore(access: Access): TaskStore {
  const { read, write } = access;
  return {
    add: (batch, tasks) => write((sql) => added(sql, batch, tasks)),
    batchByKey: (createdBy, key) =>
      read((sql) => BATCHES.find(sql, "WHERE created_by = ? AND idempotency_key = ?", createdBy, key)),
    batch: (id) => read((sql) => BATCHES.find(sql, "WHERE id = ?", id)),
    counts: (batchId) => read((sql) => counted(sql, batchId)),
    get: (id) => read((sql) => found(sql, id)),
    change: (id, from, change) =>
      write((sql) => {
        const isFrom = "state IN (SELECT value FROM json_each(?))";
        return TASKS.change(sql, change, `WHERE id = ? AND ${isFrom}`, id, textSet(from)) > 0 ? found(sql, id) : null;
      }),
    list: (query) => read((sql) => listed(sql, query)),
    open: () => read((sql) => complete(sql, TASKS.list(sql, `WHERE ${IS_OPEN} ORDER BY created_ms, n`))),
    trim: (beforeMs) => trimmed(access, beforeMs),
  };
}

/** Within the removal of the host: what it was owed will not be done any more. */
export function cancelTasksOf(sql: Sql, hostId: string, nowMs: number): void {
  const change: Partial<TaskRow> = { state: "cancelled", reason: "The host was removed", endedMs: nowMs };
  TASKS.change(sql, change, `WHERE host_id = ? AND ${IS_OPEN}`, hostId);
}

function added(sql: Sql, batch: BatchRecord, tasks: readonly TaskRecord[]): void {
  BATCHES.insert(sql, batch);
  const numbers = new Map<string, number>();
  for (const { operation, ...task } of tasks) {
    const data = JSON.stringify(operation);
    const operationN = numbers.get(data) ?? addedOperation(sql, batch.id, data);
    numbers.set(data, operationN);
    TASKS.insert(sql, { ...task, operationN });
  }
}

function addedOperation(sql: Sql, batchId: string, data: string): number {
  const statement = "INSERT INTO operations (batch_n, data) SELECT n, ? FROM batches WHERE id = ? RETURNING n";
  return Number(sql.first(statement, data, batchId)?.["n"]);
}

function found(sql: Sql, id: string): TaskRecord | null {
  return complete(sql, TASKS.list(sql, "WHERE id = ?", id))[0] ?? null;
}

/** Tasks with the same operation share it in memory too. */
function complete(sql: Sql, rows: readonly TaskRow[]): TaskRecord[] {
  const operations = new Map<number, Operation>();
  return rows.map(({ operationN, ...task }) => {
    const operation = operations.get(operationN) ?? readOperation(sql, operationN);
    operations.set(operationN, operation);
    return { ...task, operation };
  });
}

function readOperation(sql: Sql, n: number): Operation {
  return JSON.parse(String(sql.first("SELECT data FROM operations WHERE n = ?", n)?.["data"]));
}

function counted(sql: Sql, batchId: string): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  const rows = sql.all("SELECT state, count(*) AS count FROM tasks WHERE batch_id = ? GROUP BY state", batchId);
  for (const { state, count } of rows) counts[text<TaskState>().read(state ?? "")] = Number(count);
  return counts;
}

function listed(sql: Sql, query: TaskQuery): TaskRecord[] {
  const { hostIds, batchId, exceptBatchIds, states, before, limit } = query;
  const conditions = new Conditions()
    .add("batch_id = ?", batchId)
    .add("+batch_id NOT IN (SELECT value FROM json_each(?))", exceptBatchIds && textSet(exceptBatchIds))
    .add("+state IN (SELECT value FROM json_each(?))", states && textSet(states))
    .add("(created_ms, id) < (?, ?)", before?.createdMs, before?.id);
  if (hostIds?.length === 1) conditions.add("host_id = ?", hostIds[0]);
  else conditions.add("+host_id IN (SELECT value FROM json_each(?))", hostIds && textSet(hostIds));
  const rest = `${conditions.where} ORDER BY created_ms DESC, id DESC LIMIT ?`;
  return complete(sql, TASKS.list(sql, rest, ...conditions.values, rowLimit(limit)));
}

async function trimmed(access: Access, beforeMs: number): Promise<number> {
  const count = await forgetByParts(access, (sql, atMost) =>
    sql.run(
      `DELETE FROM tasks WHERE n IN (
        SELECT n FROM tasks WHERE ${IS_ENDED} AND coalesce(ended_ms, created_ms) < ? LIMIT ?)`,
      beforeMs,
      atMost,
    ));
  await forgetByParts(access, (sql, atMost) =>
    sql.run(
      `DELETE FROM batches WHERE n IN (
        SELECT n FROM batches WHERE created_ms < ?
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.batch_id = batches.id) LIMIT ?)`,
      beforeMs,
      atMost,
    ));
  return count;
}
