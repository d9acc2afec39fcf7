import type { WatchSample } from "../../../protocol/mod.ts";

/** What one look found; the rest of the sample is known before. */
export interface Verdict extends Omit<WatchSample, "name" | "type" | "target"> {
  /** What could not be measured, and why. A service that is down is no such thing: that was measured. */
  readonly problem?: string;
}

export function up(facts: Omit<Verdict, "up" | "reason" | "problem"> = {}): Verdict {
  return { up: true, ...facts };
}

export function down(reason: string, facts: Omit<Verdict, "up" | "reason" | "problem"> = {}): Verdict {
  return { up: false, reason, ...facts };
}

/** This host could not look, so it cannot say. */
export function unknown(reason: string): Verdict {
  return { reason, problem: reason };
}
