import { AppError, type Clock, type ErrorCode, messageOf, withinTime } from "../../core/mod.ts";
import { ApiClient } from "../../http/mod.ts";
import { deliveryAnswer, TASK_PATH, type TaskDelivery, type TaskResult } from "../../protocol/mod.ts";
import type { TaskRecord, TasksPorts } from "./ports.ts";

/** What is known after something was said to a host. */
export type Heard =
  /** It certainly did not leave the manager. */
  | { readonly kind: "not_sent"; readonly reason: string }
  | { readonly kind: "taken"; readonly isRunning: boolean }
  | { readonly kind: "result"; readonly result: TaskResult }
  /** The host will not do it. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It may have arrived, or not. */
  | { readonly kind: "unclear"; readonly reason: string };

const ANSWER_TIMEOUT_MS = 30_000;
/** With these a tunnel says that it did not send the request. */
const NOT_SENT: readonly ErrorCode[] = ["host_offline", "rate_limited", "too_large"];
/** With these a host says that it will not do it, however often it is asked. */
const REFUSALS: readonly ErrorCode[] = [
  "invalid_input",
  "invalid_config",
  "unauthorized",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "too_large",
  "unsupported",
  "host_refuses",
];

/** The request was not sent. A type of its own, because a host may answer with the same codes. */
class NotSent extends Error {}

/** Says to hosts what they are to do. What it gives is what can be known, and it never fails. */
export class Delivery {
  readonly #fetch: TasksPorts["fetch"];
  readonly #clock: Clock;
  readonly #answer = deliveryAnswer();

  constructor(fetch: TasksPorts["fetch"], clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** As often as wanted: the host does it once and answers the same. `again`: it may have been sent before. */
  send(
    { id, hostId, operation, timeoutMs }: TaskRecord,
    { expiresInMs, again }: Pick<TaskDelivery, "expiresInMs" | "again">,
    signal: AbortSignal,
  ): Promise<Heard> {
    const restMs = Math.max(0, Math.round(expiresInMs));
    const body: TaskDelivery = { id, operation, timeoutMs, expiresInMs: restMs, ...again === true && { again } };
    return this.#ask(
      hostId,
      id,
      signal,
      (client, within) => client.call(TASK_PATH, { method: "POST", body, signal: within }),
    );
  }

  /** Asks the host to leave it. */
  cancel({ id, hostId }: TaskRecord, signal: AbortSignal): Promise<Heard> {
    return this.#ask(
      hostId,
      id,
      signal,
      (client, within) => client.call(`${TASK_PATH}/${id}`, { method: "DELETE", signal: within }),
    );
  }

  async #ask(
    hostId: string,
    id: string,
    signal: AbortSignal,
    call: (client: ApiClient, within: AbortSignal) => Promise<unknown>,
  ): Promise<Heard> {
    const client = new ApiClient(async (path, init) => {
      try {
        return await this.#fetch(hostId, new Request(`http://tunnel${path}`, init));
      } catch (error) {
        if (error instanceof AppError && NOT_SENT.includes(error.code)) throw new NotSent(error.message);
        throw error;
      }
    });
    try {
      const timed = await withinTime(this.#clock, ANSWER_TIMEOUT_MS, signal, (within) => call(client, within));
      if (timed.late) return { kind: "unclear", reason: `no answer within ${ANSWER_TIMEOUT_MS / 1_000} s` };
      return this.#understand(timed.value, id);
    } catch (error) {
      if (error instanceof NotSent) return { kind: "not_sent", reason: error.message };
      const isRefusal = error instanceof AppError && REFUSALS.includes(error.code);
      return { kind: isRefusal ? "refused" : "unclear", reason: messageOf(error) };
    }
  }

  #understand(value: unknown, id: string): Heard {
    const parsed = this.#answer.safeParse(value);
    if (!parsed.success || parsed.data.id !== id) {
      return { kind: "unclear", reason: "the host answered what is no answer" };
    }
    const { state, result } = parsed.data;
    if (state !== "ended") return { kind: "taken", isRunning: state === "running" };
    // Without a result here it will be reported by itself.
    return result === undefined || result.id !== id ? { kind: "taken", isRunning: true } : { kind: "result", result };
  }
}
