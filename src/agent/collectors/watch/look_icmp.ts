import type { Clock } from "../../../core/mod.ts";
import { lookUpHost, ping } from "../../../platform/mod.ts";
import { down, unknown, up, type Verdict } from "./verdict.ts";

/** Up when the host answers one echo request. The time in which its name was looked up is not part of the latency. */
export async function lookIcmp(target: string, clock: Clock, signal: AbortSignal): Promise<Verdict> {
  const host = await lookUpHost(target, signal);
  if (host.addresses === undefined) return down(host.reason);
  const [address] = host.addresses;
  const startedMs = clock.monotonicMs();
  const result = await ping(address, signal);
  const latencyMs = clock.monotonicMs() - startedMs;
  switch (result.kind) {
    case "answered":
      return up({ latencyMs, ...(address !== target && { addresses: [address] }) });
    case "failed":
      return down(result.reason);
    case "not_permitted":
      return unknown(result.reason);
  }
}
