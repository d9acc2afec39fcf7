import { type Clock, messageOf, systemClock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { ProbeReport } from "../../../protocol/mod.ts";
import type { ProbeTarget, ProbeTiming } from "../spec/process_spec.ts";
import { type Attempt, attemptAt } from "./attempt.ts";
import type { ProbeContext } from "./context.ts";
import type { OnProbeResult, RunningProbe } from "./contract.ts";
import { Lane } from "../lane.ts";
import { afterTry, FIRST_STATE, type Outcome, type ProbePolicy, type ProbeState } from "./probe_policy.ts";

export interface ProbesOptions {
  readonly clock?: Clock;
  readonly log: Logger;
  /** From 0 to 1; spreads probes that begin together over their interval. */
  readonly random?: () => number;
  readonly attempt?: typeof attemptAt;
}

export interface ProbeOptions {
  readonly probe: "readiness" | "liveness";
  readonly target: ProbeTarget;
  readonly timing: ProbeTiming;
  /** From now; failures before its end do not count. */
  readonly startPeriodMs: number;
  readonly context: ProbeContext;
  readonly onResult: OnProbeResult;
}

/** How many tries may be under way at once, in an agent: a hundred programs that hang must not take all descriptors. */
const CONNECTIONS_AT_ONCE = 64;
/** Commands cost more, and each is a process. */
const COMMANDS_AT_ONCE = 32;
/** Probes that are tried seldom may be this late, so that many of them are tried at one waking of the processor. */
const SLACK_MS = 100;
const SELDOM_MS = 5_000;
/** While all tries are under way nothing is due: each wakes the loop when it has ended. */
const MAX_SLEEP_MS = 3_600_000;

interface Entry {
  readonly options: ProbeOptions;
  readonly attempt: Attempt;
  readonly policy: ProbePolicy;
  readonly stop: AbortController;
  state: ProbeState;
  report: ProbeReport;
  dueMs: number;
  readonly slackMs: number;
  /** A try is under way, or waits for its turn. */
  busy: boolean;
}

/** All probes of an agent. They share one timer; no two tries of a probe overlap. */
export class Probes {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #random: () => number;
  readonly #attemptAt: typeof attemptAt;
  readonly #entries = new Set<Entry>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #connections = new Lane(CONNECTIONS_AT_ONCE);
  readonly #commands = new Lane(COMMANDS_AT_ONCE);
  #sleep: { readonly untilMs: number; readonly wake: AbortController } | null = null;
  #loop: Promise<void> | null = null;

  constructor({ clock = systemClock, log, random = Math.random, attempt = attemptAt }: ProbesOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#random = random;
    this.#attemptAt = attempt;
  }

  /** Readiness is tried at once, since somebody waits for it; liveness at a random time within its first interval. */
  start(options: ProbeOptions): RunningProbe {
    const { probe, target, timing, startPeriodMs, context } = options;
    const nowMs = this.#clock.monotonicMs();
    const entry: Entry = {
      options,
      attempt: this.#attemptAt(target, timing.timeoutMs, context, this.#clock),
      policy: { ...timing, graceEndsMs: nowMs + startPeriodMs },
      stop: new AbortController(),
      state: FIRST_STATE,
      report: { probe, type: target.type, result: "waiting" },
      dueMs: nowMs + (probe === "readiness" ? 0 : this.#random() * timing.intervalMs),
      slackMs: timing.intervalMs >= SELDOM_MS ? SLACK_MS : 0,
      busy: false,
    };
    this.#entries.add(entry);
    if (entry.dueMs <= nowMs) this.#begin(entry);
    this.#loop ??= this.#run();
    this.#wakeBefore(entry.dueMs + entry.slackMs);
    return { report: () => entry.report, stop: () => this.#end(entry) };
  }

  /** Ends all of them, and resolves when no try is under way any more. */
  async stop(): Promise<void> {
    for (const entry of [...this.#entries]) this.#end(entry);
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  #end(entry: Entry): void {
    entry.stop.abort();
    this.#entries.delete(entry);
    if (this.#entries.size === 0) this.#sleep?.wake.abort();
  }

  #wakeBefore(dueMs: number): void {
    if (this.#sleep !== null && dueMs < this.#sleep.untilMs) this.#sleep.wake.abort();
  }

  async #run(): Promise<void> {
    while (this.#entries.size > 0) {
      const nowMs = this.#clock.monotonicMs();
      let nextMs = Infinity;
      for (const entry of this.#entries) {
        if (!entry.busy && entry.dueMs <= nowMs) this.#begin(entry);
        if (!entry.busy) nextMs = Math.min(nextMs, entry.dueMs + entry.slackMs);
      }
      const wake = new AbortController();
      this.#sleep = { untilMs: nextMs, wake };
      await this.#clock.sleep(Math.min(nextMs - nowMs, MAX_SLEEP_MS), wake.signal).catch(() => {
        // Woken early: the loop looks anew.
      });
      this.#sleep = null;
    }
    this.#loop = null;
  }

  #begin(entry: Entry): void {
    entry.busy = true;
    const lane = entry.options.target.type === "exec" ? this.#commands : this.#connections;
    lane.add(() => {
      const work = this.#try(entry);
      this.#underWay.add(work);
      return work.finally(() => this.#underWay.delete(work));
    });
  }

  async #try(entry: Entry): Promise<void> {
    const { attempt, stop: { signal }, options: { timing: { intervalMs } } } = entry;
    if (signal.aborted) return;
    const outcome = await attempt(signal).catch((error): Outcome => ({ ok: false, reason: messageOf(error) }));
    if (signal.aborted) return;
    entry.busy = false;
    const nowMs = this.#clock.monotonicMs();
    // Counted from when it was due, so that probes keep their distances. What a slow try has missed is not made up for.
    entry.dueMs += Math.max(1, Math.ceil((nowMs - entry.dueMs) / intervalMs)) * intervalMs;
    this.#note(entry, outcome, nowMs);
    this.#wakeBefore(entry.dueMs + entry.slackMs);
  }

  #note(entry: Entry, outcome: Outcome, nowMs: number): void {
    const { probe, target, onResult } = entry.options;
    const step = afterTry(entry.state, outcome, nowMs, entry.policy);
    entry.state = step.state;
    const result = step.state.result;
    entry.report = { probe, type: target.type, result, reason: step.reason, lastMs: this.#clock.nowMs() };
    if (step.change === null) return;
    try {
      onResult(step.change, step.reason);
    } catch (error) {
      // The other probes go on, whatever became of this one's result.
      this.#log.error("a probe's result could not be acted upon", { probe, type: target.type, error });
    }
  }
}
