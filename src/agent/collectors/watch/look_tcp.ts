import type { Clock } from "../../../core/mod.ts";
import type { HostPort } from "../../../config/mod.ts";
import { connectTcp, failureWords } from "../../../http/mod.ts";
import { down, up, type Verdict } from "./verdict.ts";

/** Up when somebody accepts a connection; nothing is sent. */
export async function lookTcp(target: HostPort, clock: Clock, signal: AbortSignal): Promise<Verdict> {
  const startedMs = clock.monotonicMs();
  try {
    const conn = await connectTcp(target, signal);
    const latencyMs = clock.monotonicMs() - startedMs;
    conn.close();
    return up({ latencyMs });
  } catch (error) {
    signal.throwIfAborted();
    return down(failureWords(error));
  }
}
