import { Duration } from "../../../core/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import { percentText, usedBytesText } from "../limits/amounts.ts";
import type { ThresholdSpec } from "../spec/process_spec.ts";

export type ThresholdName = "cpu" | "memory";

export interface Crossing {
  readonly what: ThresholdName;
  readonly kind: "exceeded" | "ended";
  /** "memory 512 MB is over 400 MB for 1m". */
  readonly reason: string;
}

/**
 * `rising` and `falling` are on the way: over (or well below) the threshold since `sinceMs`, but not for long enough
 * to count.
 */
interface Level {
  readonly state: "calm" | "rising" | "exceeded" | "falling";
  readonly sinceMs: number;
  /** Of the last value that was known. */
  readonly knownMs: number;
  /** Whether measurements since then had no value. */
  readonly hasGap: boolean;
}

export type ThresholdState = Readonly<Record<ThresholdName, Level>>;

/** Of a process that has just been started: nothing that was before counts. */
export const NO_THRESHOLD_STATE: ThresholdState = {
  cpu: { state: "calm", sinceMs: 0, knownMs: 0, hasGap: false },
  memory: { state: "calm", sinceMs: 0, knownMs: 0, hasGap: false },
};

/** What was too much is so until it is below this part of the threshold: who works at the threshold is told of once. */
const END_SHARE = 0.9;

interface Step {
  readonly level: Level;
  readonly kind?: Crossing["kind"];
}

/**
 * What one more measurement comes to. Too much counts when each value for `durationMs` was over the threshold; its end
 * when each for as long was below nine tenths of it. A missing value confirms nothing and breaks nothing; but when
 * values were missing for longer than `durationMs`, nobody knows what was in between, and what was on its way begins
 * anew.
 */
export function judgeThresholds(
  state: ThresholdState,
  usage: Pick<ProcessUsage, "cpuPercent" | "rssBytes">,
  spec: ThresholdSpec,
  nowMs: number,
): { readonly state: ThresholdState; readonly crossings: readonly Crossing[] } {
  const crossings: Crossing[] = [];
  const judge = (what: ThresholdName, value: number | undefined, threshold: number): Level => {
    const { level, kind } = step(state[what], value, threshold, spec.durationMs, nowMs);
    if (kind !== undefined) {
      crossings.push({ what, kind, reason: reasonOf(what, kind, value, threshold, state, nowMs) });
    }
    return level;
  };
  const next = {
    cpu: judge("cpu", usage.cpuPercent, spec.cpuPercent),
    memory: judge("memory", usage.rssBytes, spec.memoryBytes),
  };
  return { state: next, crossings };
}

function step(before: Level, value: number | undefined, threshold: number, durationMs: number, nowMs: number): Step {
  const known = { knownMs: nowMs, hasGap: false };
  const counts = before.state === "exceeded" || before.state === "falling";
  if (threshold <= 0) {
    const calm: Level = { state: "calm", sinceMs: nowMs, ...known };
    return counts ? { level: calm, kind: "ended" } : { level: calm };
  }
  if (value === undefined) return { level: { ...before, hasGap: true } };
  const isOnItsWay = counts ? value < threshold * END_SHARE : value > threshold;
  if (!isOnItsWay) return { level: { state: counts ? "exceeded" : "calm", sinceMs: nowMs, ...known } };
  const sinceMs = isUnderWay(before) && !isForgotten(before, durationMs, nowMs) ? before.sinceMs : nowMs;
  if (nowMs - sinceMs < durationMs) return { level: { state: counts ? "falling" : "rising", sinceMs, ...known } };
  return {
    level: { state: counts ? "calm" : "exceeded", sinceMs, ...known },
    kind: counts ? "ended" : "exceeded",
  };
}

function isUnderWay({ state }: Level): boolean {
  return state === "rising" || state === "falling";
}

function isForgotten({ hasGap, knownMs }: Level, durationMs: number, nowMs: number): boolean {
  return hasGap && nowMs - knownMs > durationMs;
}

function reasonOf(
  what: ThresholdName,
  kind: Crossing["kind"],
  value: number | undefined,
  threshold: number,
  state: ThresholdState,
  nowMs: number,
): string {
  if (threshold <= 0 || value === undefined) return `${what} has no threshold any more`;
  const text = what === "cpu" ? percentText : usedBytesText;
  const level = state[what];
  const heldMs = isUnderWay(level) ? nowMs - level.sinceMs : 0;
  const held = heldMs < 1_000 ? "" : ` for ${new Duration(Math.floor(heldMs / 1_000) * 1_000)}`;
  if (kind === "exceeded") return `${what} ${text(value)} is over ${text(threshold)}${held}`;
  return `${what} ${text(value)} is below ${text(threshold)} again${held}`;
}
