/** The life of a task, pure: what an event makes of one in this state. */
import { ENDED_TASK_STATES, type TaskResult, type TaskState } from "../../protocol/mod.ts";
import type { TaskChange } from "./ports.ts";

export type TaskEvent =
  /** It is about to be handed to the tunnel. From here on the host may have it. */
  | { readonly kind: "sending" }
  /** It certainly was not. */
  | { readonly kind: "not_sent"; readonly reason: string }
  /** The host says that it has it. */
  | { readonly kind: "taken"; readonly isRunning: boolean }
  /** It will never be done: the host or the manager says no. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "result"; readonly result: TaskResult }
  /** The time in which it had to begin is over. */
  | { readonly kind: "expired"; readonly reason: string }
  /** The host may have had it, and will not say any more what became of it. */
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "cancelled"; readonly reason: string };

/** Null where the event changes nothing, or comes too late. */
export function changeBy(state: TaskState, event: TaskEvent, nowMs: number): TaskChange | null {
  if (ENDED_TASK_STATES.includes(state)) return null;
  switch (event.kind) {
    case "sending":
      return state === "queued" ? { state: "sent", sentMs: nowMs, reason: "on its way to the host" } : null;
    case "not_sent":
      return state === "sent" ? { state: "queued", sentMs: null, reason: event.reason } : null;
    case "taken":
      if (state !== "sent") return null;
      return event.isRunning
        ? { state: "running", reason: "the host has begun it" }
        : { reason: "the host has it and will begin it" };
    case "refused":
      return state === "running" ? null : ended("failed", event.reason, nowMs);
    case "result":
      // What was never sent nobody can have done.
      return state === "queued" ? null : resultChange(event.result, nowMs);
    case "expired":
      return state === "queued" ? ended("expired", event.reason, nowMs) : null;
    case "lost":
      return state === "queued" ? null : ended("failed", event.reason, nowMs);
    case "cancelled":
      return state === "queued" ? ended("cancelled", event.reason, nowMs) : null;
  }
}

function ended(state: TaskState, reason: string, nowMs: number): TaskChange {
  return { state, reason, endedMs: nowMs };
}

function resultChange({ id: _, ...result }: TaskResult, nowMs: number): TaskChange {
  const reason = result.message === "" ? `the host says: ${result.outcome}` : result.message;
  return { state: result.outcome, reason, endedMs: nowMs, result };
}
