import type { ProbeReport } from "../../../protocol/mod.ts";

/** A probe under way, or something that is waited for. After `stop` nothing is reported any more. */
export interface RunningProbe {
  report(): ProbeReport;
  stop(): void;
}

/** Told when the result changes, and only then; the first change is from `waiting`. */
export type OnProbeResult = (result: "good" | "bad", reason: string) => void;
