import { type Clock, Duration, withinTime } from "../../../core/mod.ts";
import { connectTcp, failureWords } from "../../../http/mod.ts";
import type { ProbeTarget } from "../spec/process_spec.ts";
import type { Outcome } from "./probe_policy.ts";

type TcpTarget = Extract<ProbeTarget, { type: "tcp" }>;

/** Good when somebody accepts a connection; nothing is sent. */
export function tcpAttempt({ host, port }: TcpTarget, timeoutMs: number, clock: Clock) {
  const what = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return async (signal: AbortSignal): Promise<Outcome> => {
    try {
      const connected = await withinTime(clock, timeoutMs, signal, (within) => connectTcp({ host, port }, within));
      if (connected.late) return { ok: false, reason: `${what}: no connection within ${new Duration(timeoutMs)}` };
      connected.value.close();
      return { ok: true, reason: `${what} accepts connections` };
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, reason: `${what}: ${failureWords(error)}` };
    }
  };
}
