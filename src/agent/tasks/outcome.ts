import { cutToBytes, oneLine } from "../../core/mod.ts";
import { MAX_TASK_OUTPUT_BYTES, type TaskResult } from "../../protocol/mod.ts";

export type Outcome = Pick<TaskResult, "outcome" | "status" | "message" | "output" | "truncated">;

/** So much of an answer is held in memory, to make sense of; the rest is read and let go. */
const MAX_HELD_BYTES = 1024 * 1024;
const MAX_MESSAGE = 2_000;
/** How an envelope begins, of which all was too much to hold. */
const ENVELOPE_HEAD = /^\{"code":\d+,"msg":"(?:[^"\\]|\\.)*","data":/;

/** What a task has come to by the answer that its request got. Reads the answer to its end, or until the signal aborts. */
export async function outcomeOf(response: Response, signal: AbortSignal): Promise<Outcome> {
  const { text, isWhole } = await heldText(response, signal);
  const envelope = isWhole ? envelopeOf(text) : null;
  const shown = envelope === null ? text.replace(ENVELOPE_HEAD, "") : dataText(envelope.data);
  const output = cutToBytes(shown, MAX_TASK_OUTPUT_BYTES);
  return {
    outcome: response.ok ? "done" : "failed",
    status: response.status,
    message: oneLine(envelope?.msg ?? (response.ok ? "ok" : `HTTP ${response.status}`), MAX_MESSAGE),
    output,
    truncated: output.length < shown.length || !isWhole,
  };
}

export function outcomeWithout(outcome: TaskResult["outcome"], message: string): Outcome {
  return { outcome, message: oneLine(message, MAX_MESSAGE), output: "", truncated: false };
}

async function heldText({ body }: Response, signal: AbortSignal): Promise<{ text: string; isWhole: boolean }> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let [text, heldBytes, isWhole] = ["", 0, true];
  const leave = () => void reader?.cancel(signal.reason).catch(() => {}); // what broke needs no cancelling
  signal.addEventListener("abort", leave, { once: true });
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      const rest = MAX_HELD_BYTES - heldBytes;
      if (read.value.length > rest) isWhole = false;
      const part = read.value.subarray(0, rest);
      heldBytes += part.length;
      text += decoder.decode(part, { stream: true });
    }
    signal.throwIfAborted();
    return { text: text + decoder.decode(), isWhole };
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

function envelopeOf(text: string): { readonly msg: string; readonly data: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs = typeof value === "object" && value !== null && "msg" in value && typeof value.msg === "string" &&
      "data" in value;
    return isOurs ? { msg: value.msg as string, data: value.data } : null;
  } catch {
    return null; // an answer that is no JSON, such as metrics, stands for itself
  }
}

function dataText(data: unknown): string {
  return data === null ? "" : JSON.stringify(data);
}
