import type { Clock } from "../../core/mod.ts";
import type { ProcessUsage } from "../../protocol/mod.ts";
import { type GuardState, judgeMemory, NO_GUARD_STATE } from "./limits/memory_guard.ts";
import type { Unit } from "./unit/unit.ts";
import { judgeThresholds, NO_THRESHOLD_STATE, type ThresholdState } from "./usage/threshold_policy.ts";

export interface UsageJudgeOptions {
  readonly clock: Clock;
  /** What a process and its descendants have together, shared memory once; undefined where nobody tells. */
  readonly exactMemory: (id: string) => number | undefined;
}

interface Judged {
  readonly run: string;
  thresholds: ThresholdState;
  guard: GuardState;
}

/** Tells a process when it uses more than it should, as far as nobody else sees to that. */
export class UsageJudge {
  readonly #options: UsageJudgeOptions;
  readonly #judged = new Map<string, Judged>();

  constructor(options: UsageJudgeOptions) {
    this.#options = options;
  }

  judge(unit: Unit, usage: ProcessUsage): void {
    const { run, spec, group } = unit;
    if (run === undefined) return;
    const key = `${run.run}/${run.identity.pid}`;
    let judged = this.#judged.get(unit.id);
    if (judged?.run !== key) judged = { run: key, thresholds: NO_THRESHOLD_STATE, guard: NO_GUARD_STATE };
    this.#judged.set(unit.id, judged);
    const nowMs = this.#options.clock.monotonicMs();
    const { state, crossings } = judgeThresholds(judged.thresholds, usage, spec.thresholds, nowMs);
    judged.thresholds = state;
    for (const { kind, reason } of crossings) unit.exceeded(reason, kind === "ended");
    const { state: guard, verdict } = judgeMemory(
      judged.guard,
      usage.rssBytes,
      group.watchedMemoryBytes,
      nowMs,
      () => this.#options.exactMemory(unit.id),
    );
    judged.guard = guard;
    if (verdict !== null) unit.overLimit(verdict);
  }

  forget(id: string): void {
    this.#judged.delete(id);
  }
}
