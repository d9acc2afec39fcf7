import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { operation, taskResult } from "../uplink/tasks.ts";
import { displayName, idText, nextCursor, pageQuery, selectorText } from "./access.ts";

/** `/api/v1/tasks`: what the manager owes its hosts. */

export const TASK_STATES = ["queued", "sent", "running", "done", "failed", "expired", "cancelled"] as const;
export type TaskState = (typeof TASK_STATES)[number];
export const ENDED_TASK_STATES: readonly TaskState[] = ["done", "failed", "expired", "cancelled"];

export const task = () =>
  z.object({
    id: z.string(),
    /** The request that made it together with those for other hosts. */
    batchId: z.string(),
    hostId: z.string(),
    host: z.string(),
    title: z.string(),
    operation: operation(),
    state: z.enum(TASK_STATES),
    reason: z.string(),
    createdBy: z.string(),
    createdMs: epochMs(),
    sentMs: z.optional(epochMs()),
    endedMs: z.optional(epochMs()),
    expiresMs: epochMs(),
    timeoutMs: z.number(),
    result: z.optional(z.omit(taskResult(), { id: true })),
  });
export type Task = z.output<ReturnType<typeof task>>;

export const newTasks = () =>
  z.strictObject({
    /** The same key again gives the batch that it has made, and makes nothing. */
    idempotencyKey: z.optional(z.string().check(z.minLength(8), z.maxLength(100))),
    title: z.optional(displayName()),
    operation: operation(),
    /** One of the two: ids, or a selector (`` is all hosts that the caller may use). */
    hosts: z.optional(z.array(idText()).check(z.minLength(1), z.maxLength(10_000))),
    select: z.optional(selectorText()),
    expiresIn: z.optional(z.string().check(z.maxLength(32), z.describe("How long a host may take to come back; 1h."))),
    timeout: z.optional(z.string().check(z.maxLength(32), z.describe("How long it may run there; 10m."))),
    concurrency: z.optional(z.int().check(z.minimum(1), z.maximum(10_000), z.describe("How many hosts at once; 50."))),
    /** When so many have failed or expired, what has not been sent is cancelled; absent for never. */
    maxFailures: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
    dryRun: z.optional(z.boolean().check(z.describe("Only tells which hosts it would be."))),
  });
export type NewTasks = z.output<ReturnType<typeof newTasks>>;

export const batchCounts = () => z.record(z.enum(TASK_STATES), z.number());
export const batch = () =>
  z.object({
    id: z.string(),
    title: z.string(),
    createdBy: z.string(),
    createdMs: epochMs(),
    concurrency: z.number(),
    maxFailures: z.optional(z.number()),
    counts: batchCounts(),
  });
export type Batch = z.output<ReturnType<typeof batch>>;
export const madeTasks = () =>
  z.object({
    dryRun: z.boolean(),
    batch: z.optional(batch()),
    hosts: z.array(z.object({ id: z.string(), name: z.string(), state: z.string(), taskId: z.optional(z.string()) })),
  });
export type MadeTasks = z.output<ReturnType<typeof madeTasks>>;
export const taskListQuery = () =>
  z.strictObject({
    ...pageQuery(),
    host: z.optional(idText()),
    batch: z.optional(idText()),
    state: z.optional(z.string().check(z.maxLength(100))),
    group: z.optional(
      z.enum(["batch"]).check(
        z.describe("batch: of each batch only its newest task, and `batches` with their counts."),
      ),
    ),
    output: z.optional(
      z.string().check(z.maxLength(7), z.describe("How many characters of each output; all of them when absent.")),
    ),
  });
export const taskList = () =>
  z.object({ tasks: z.array(task()), batches: z.optional(z.array(batch())), next: nextCursor() });
export type TaskList = z.output<ReturnType<typeof taskList>>;
export const taskParams = () => z.strictObject({ id: idText() });
