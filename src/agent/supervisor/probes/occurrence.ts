import type { Clock } from "../../../core/mod.ts";
import type { ProbeReport } from "../../../protocol/mod.ts";
import type { OnProbeResult, RunningProbe } from "./contract.ts";

export interface OccurrenceOptions {
  readonly probe: ProbeReport["probe"];
  /** What is waited for: heartbeat, notify, log. */
  readonly type: string;
  readonly clock: Clock;
  readonly onResult: OnProbeResult;
}

/** For what cannot be tried, only waited for: good once it has occurred. */
export interface OccurrenceProbe extends RunningProbe {
  occurred(reason: string): void;
  /** It should have occurred again by now, and has not. */
  failed(reason: string): void;
}

export function occurrenceProbe({ probe, type, clock, onResult }: OccurrenceOptions): OccurrenceProbe {
  let [result, reason, lastMs]: [ProbeReport["result"], string?, number?] = ["waiting"];
  let stopped = false;
  const become = (next: "good" | "bad", why: string) => {
    if (stopped) return;
    [reason, lastMs] = [why, clock.nowMs()];
    if (result === next) return;
    result = next;
    onResult(next, why);
  };
  return {
    occurred: (why) => become("good", why),
    failed: (why) => become("bad", why),
    report: () => ({
      probe,
      type,
      result,
      ...(reason !== undefined && { reason }),
      ...(lastMs !== undefined && { lastMs }),
    }),
    stop: () => void (stopped = true),
  };
}
