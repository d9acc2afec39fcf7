import type { Clock } from "../../../core/mod.ts";
import type { ProbeTarget } from "../spec/process_spec.ts";
import type { ProbeContext } from "./context.ts";
import type { Outcome } from "./probe_policy.ts";
import { execAttempt } from "./try_exec.ts";
import { httpAttempt } from "./try_http.ts";
import { tcpAttempt } from "./try_tcp.ts";

/** One try. It rejects only when the signal aborts, and nothing of it is left when it has ended. */
export type Attempt = (signal: AbortSignal) => Promise<Outcome>;

/** How to try this target. */
export function attemptAt(target: ProbeTarget, timeoutMs: number, context: ProbeContext, clock: Clock): Attempt {
  switch (target.type) {
    case "tcp":
      return tcpAttempt(target, timeoutMs, clock);
    case "http":
      return httpAttempt(target, timeoutMs, clock);
    case "exec":
      return execAttempt(target, timeoutMs, context, clock);
  }
}
