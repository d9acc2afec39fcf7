import { type TaskDelivery, taskDelivery, type TaskResult, taskResult } from "../../protocol/mod.ts";

/** Null for what is no delivery. */
export function deliveryOf(text: unknown): TaskDelivery | null {
  const parsed = taskDelivery().safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Null for what is no result. */
export function resultOf(text: unknown): TaskResult | null {
  const parsed = taskResult().safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined; // which no schema takes
  }
}
