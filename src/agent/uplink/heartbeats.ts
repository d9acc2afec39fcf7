import { AppError, type Clock, messageOf, withinTime } from "../../core/mod.ts";
import { createStateLog, type StateLog } from "../../log/mod.ts";
import {
  type HostFacts,
  type HostHeartbeat,
  type HostHeartbeatAnswer,
  hostHeartbeatAnswer,
  MAX_BRIEFS,
  REPORT_PATHS,
  type Welcome,
} from "../../protocol/mod.ts";
import type { LinkOptions } from "./link_contract.ts";

export interface HeartbeatsOptions extends LinkOptions {
  readonly call: (path: string, body: unknown, signal: AbortSignal) => Promise<unknown>;
  readonly ping: (signal: AbortSignal) => Promise<number>;
  readonly onDrain: (drainMs: number) => void;
}

/** How often what seldom changes is told, and looked at, all the same. */
const REFRESH_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 60 * 60_000;

/** The reports at each interval. One follows another: an answer that is late delays the next. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #clock: Clock;
  readonly #state: StateLog;
  readonly #series: readonly string[];
  #intervalMs: number;
  #latencyMs: number | undefined;
  #isLeaving = false;
  #lastSampleMs = 0;
  #areProcessesDue = true;
  #processesToldMs = -Infinity;
  #facts: HostFacts;
  #factsToldJson: string;
  #factsLookedMs: number;

  constructor(welcome: Welcome, options: HeartbeatsOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#state = createStateLog(options.log, options.clock, "heartbeat");
    this.#series = welcome.series;
    this.#intervalMs = bounded(welcome.heartbeatIntervalMs);
    this.#facts = options.facts;
    this.#factsToldJson = JSON.stringify(options.facts);
    this.#factsLookedMs = options.clock.monotonicMs();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  processesChanged(): void {
    this.#areProcessesDue = true;
  }

  /** No more of them: the manager takes no new requests. */
  leaving(): void {
    this.#isLeaving = true;
  }

  /** Until the signal aborts; rejects when one is not answered in time. `afterEach` is called after one that was. */
  async run(signal: AbortSignal, afterEach: () => void): Promise<void> {
    await this.#forgetStrangers();
    for (let dueMs = this.#clock.monotonicMs(); !signal.aborted && !this.#isLeaving;) {
      const answer = await this.#beat(signal);
      if (signal.aborted) return;
      if (answer !== null) {
        await this.#heed(answer);
        afterEach();
      }
      const nowMs = this.#clock.monotonicMs();
      dueMs = Math.max(dueMs + this.#intervalMs, nowMs);
      await this.#clock.sleep(dueMs - nowMs, signal).catch(() => {}); // ended, which the loop sees
    }
  }

  /** What another manager has set has no say any more. */
  async #forgetStrangers(): Promise<void> {
    const { ports: { settings }, managerId } = this.#options;
    if (settings.isOf(managerId)) return;
    try {
      await settings.apply({ version: 0, values: {} }, managerId);
    } catch (error) {
      this.#options.onSettings(`settings of an earlier manager are still in force: ${messageOf(error)}`);
    }
  }

  /** Null for one that the manager did not take; that is told to the log, and the next may do better. */
  async #beat(signal: AbortSignal): Promise<HostHeartbeatAnswer | null> {
    const { timeoutMs, call, ports } = this.#options;
    const beat = await this.#compose(signal);
    if (signal.aborted) return null;
    const sentMs = this.#clock.monotonicMs();
    this.#measure(signal);
    try {
      const work = (limit: AbortSignal) => call(REPORT_PATHS.heartbeat, beat, limit);
      const answered = await withinTime(this.#clock, timeoutMs(), signal, work);
      if (answered.late === true) throw new AppError("timeout", "the manager did not answer a heartbeat in time");
      const answer = hostHeartbeatAnswer().safeParse(answered.value);
      if (!answer.success) {
        throw new AppError("unavailable", "the manager's answer is none that this agent understands");
      }
      ports.answered?.(this.#clock.monotonicMs() - sentMs);
      this.#acknowledged(beat);
      this.#state.recovered();
      return answer.data;
    } catch (error) {
      if (beat.processes !== undefined) this.#areProcessesDue = true;
      if (signal.aborted) return null;
      if (error instanceof AppError && error.code === "timeout") throw error;
      this.#state.failed(messageOf(error));
      return null;
    }
  }

  /** It goes in the same message as the heartbeat. */
  #measure(signal: AbortSignal): void {
    this.#options.ping(signal).then((ms) => this.#latencyMs = Math.round(ms * 100) / 100, () => {
      // The connection has ended, or another ping tells the same.
    });
  }

  async #compose(signal: AbortSignal): Promise<HostHeartbeat> {
    const { ports, managerId } = this.#options;
    const sample = ports.samples.latest(this.#series);
    const uptimeMs = ports.uptimeMs();
    const facts = await this.#changedFacts(signal);
    return {
      timeMs: Math.round(this.#clock.nowMs()),
      ...ports.health(),
      // The same reading is not told twice where it is read less often.
      sample: sample !== null && sample.timeMs !== this.#lastSampleMs ? sample : null,
      ...(uptimeMs !== undefined && { uptimeMs }),
      ...(this.#latencyMs !== undefined && { latencyMs: this.#latencyMs }),
      settingsVersion: ports.settings.version(managerId),
      ...(this.#isProcessesTurn() && { processes: this.#takeBriefs() }),
      ...(facts !== null && { facts }),
    };
  }

  #isProcessesTurn(): boolean {
    return this.#areProcessesDue || this.#clock.monotonicMs() - this.#processesToldMs >= REFRESH_MS;
  }

  /** What happens from now on is told by the next one. */
  #takeBriefs() {
    this.#areProcessesDue = false;
    return this.#options.ports.processes.briefs().slice(0, MAX_BRIEFS);
  }

  async #changedFacts(signal: AbortSignal): Promise<HostFacts | null> {
    const nowMs = this.#clock.monotonicMs();
    // Right after the start some are not known yet.
    if (nowMs - this.#factsLookedMs >= REFRESH_MS || this.#facts.osName === undefined) {
      this.#factsLookedMs = nowMs;
      try {
        this.#facts = await this.#options.ports.facts(this.#options.towards, signal);
      } catch (error) {
        if (!signal.aborted) this.#options.log.debug("facts of the host not read", { reason: messageOf(error) });
      }
    }
    return JSON.stringify(this.#facts) === this.#factsToldJson ? null : this.#facts;
  }

  #acknowledged({ sample, processes, facts }: HostHeartbeat): void {
    if (sample !== null) this.#lastSampleMs = sample.timeMs;
    if (processes !== undefined) this.#processesToldMs = this.#clock.monotonicMs();
    if (facts !== undefined) this.#factsToldJson = JSON.stringify(facts);
  }

  async #heed({ intervalMs, settings, drainMs }: HostHeartbeatAnswer): Promise<void> {
    this.#intervalMs = bounded(intervalMs);
    if (drainMs !== undefined) this.#options.onDrain(drainMs);
    const { memory, ports, managerId, onSettings } = this.#options;
    if (settings === undefined || settings.version === memory.refusedSettings) return;
    try {
      await ports.settings.apply(settings, managerId);
      memory.refusedSettings = null;
      onSettings(null);
    } catch (error) {
      // The same ones come again with each answer; they are tried again when the config is loaded again.
      memory.refusedSettings = settings.version;
      onSettings(`settings ${settings.version} of the manager are not in force: ${messageOf(error)}`);
    }
  }
}

function bounded(intervalMs: number): number {
  return Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, Number.isFinite(intervalMs) ? intervalMs : 0));
}
