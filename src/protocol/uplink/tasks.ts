import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/**
 * A task on its way to a host: a request to the agent's own control API, which the agent makes once and never again,
 * whatever is lost on the way. `POST /v1/tasks` of the control API, by the tunnel only.
 */

export const TASK_PATH = "/v1/tasks";
export const MAX_TASK_BODY_BYTES = 256 * 1024;
/** Of the answer that a task came to, what is kept; the rest is left out, and the result says so. */
export const MAX_TASK_OUTPUT_BYTES = 64 * 1024;

/** What is asked for. Its policy and its verb are those of the route. */
export const operation = () =>
  z.object({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path: z.string().check(z.startsWith("/v1/"), z.maxLength(2_000)),
    body: z.optional(z.unknown()),
  });
export type Operation = z.output<ReturnType<typeof operation>>;

export const taskDelivery = () =>
  z.object({
    /** The idempotency key: a host makes each once. */
    id: z.string().check(z.minLength(8), z.maxLength(64)),
    operation: operation(),
    /** What has not begun by then is not begun any more. Counted by the host from when it was delivered. */
    expiresInMs: z.number(),
    timeoutMs: z.number(),
    /** Whether it may have been delivered before: a host that has lost its records then does not begin it. */
    again: z.optional(z.boolean()),
  });
export type TaskDelivery = z.output<ReturnType<typeof taskDelivery>>;

export const TASK_OUTCOMES = ["done", "failed", "expired", "cancelled"] as const;

export const taskResult = () =>
  z.object({
    id: z.string().check(z.maxLength(64)),
    outcome: z.enum(TASK_OUTCOMES),
    /** HTTP status of the agent's answer; absent where there was none. */
    status: z.optional(z.number()),
    /** Its `msg`, or why there is no answer. */
    message: z.string().check(z.maxLength(2_000)),
    /** The answer's `data` as JSON text, or the start of it. */
    output: z.string().check(z.maxLength(MAX_TASK_OUTPUT_BYTES * 2)),
    truncated: z.boolean(),
    startedMs: z.optional(epochMs()),
    endedMs: epochMs(),
  });
export type TaskResult = z.output<ReturnType<typeof taskResult>>;

/** What the agent says to a delivery, the same however often it is delivered. */
export const deliveryAnswer = () =>
  z.object({
    id: z.string(),
    state: z.enum(["accepted", "running", "ended"]),
    result: z.optional(taskResult()),
  });
export type DeliveryAnswer = z.output<ReturnType<typeof deliveryAnswer>>;
