import { isDeepStrictEqual } from "node:util";
import { Duration } from "../../../core/mod.ts";
import type { ProbeReport } from "../../../protocol/mod.ts";
import type { RunningProbe } from "../probes/contract.ts";
import type { ProcessSpec } from "../spec/process_spec.ts";
import type { Beat } from "../heartbeats/contract.ts";
import type { LifeEvent } from "./life.ts";
import type { UnitServices } from "./services.ts";

export interface WatchOptions {
  readonly spec: ProcessSpec;
  readonly services: UnitServices;
  readonly env: Readonly<Record<string, string>>;
  /** False for a process that was ready before: one that was adopted, or is watched in another way from now on. */
  readonly awaitReadiness: boolean;
  readonly onEvent: (event: LifeEvent) => void;
}

/** Everything that watches one run of a process: its readiness, its liveness, its heartbeats. */
export class Watches {
  readonly #options: WatchOptions;
  readonly #over = new AbortController();
  #readiness: RunningProbe | OccurrenceWatch | undefined;
  #liveness: RunningProbe | undefined;
  /** Nobody has listened before: what a process that was adopted has sent by then is not known. */
  readonly #beganMs: number;
  #isAlive = true;
  #lastBeat: { readonly monotonicMs: number; readonly timeMs: number; readonly text: string } | undefined;
  #isSilent = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#beganMs = options.services.clock.monotonicMs();
  }

  /** Begins to listen for what the program itself will say; before it is started. */
  prepare(): void {
    const { spec, services, awaitReadiness } = this.#options;
    const { target } = spec.readiness ?? {};
    if (!awaitReadiness || target === undefined) return;
    if (target.type === "tcp" || target.type === "http" || target.type === "exec") return;
    const stopWaiting = target.type === "log"
      ? services.awaitLine(spec.id, target.pattern, () => this.#ready("its output says so"))
      : () => {};
    this.#readiness = new OccurrenceWatch(target.type, stopWaiting);
  }

  start(): void {
    if (this.#options.awaitReadiness) this.#startReadiness();
    else this.#startLiveness();
  }

  /** A heartbeat or notification has come. */
  beat(beat: Beat): void {
    const { spec, services, onEvent } = this.#options;
    const { target } = spec.readiness ?? {};
    if (beat.ready === true && target?.type === "notify") this.#ready("it has said so itself");
    if (!beat.isAlive) return;
    this.#lastBeat = {
      monotonicMs: services.clock.monotonicMs(),
      timeMs: services.clock.nowMs(),
      text: beat.status ?? "sends heartbeats",
    };
    if (target?.type === "heartbeat") this.#ready("its first heartbeat has come");
    if (!this.#isSilent) return;
    this.#isSilent = false;
    if (this.#isAlive) onEvent({ type: "well", reason: "sends heartbeats again" });
  }

  /** Looks whether it has been silent for too long; called about each second. */
  checkSilence(): void {
    const { spec, services, awaitReadiness, onEvent } = this.#options;
    const { timeoutMs, onSilence } = spec.heartbeat;
    if (timeoutMs === 0 || this.#isSilent || this.#over.signal.aborted) return;
    const sinceMs = services.clock.monotonicMs() - (this.#lastBeat?.monotonicMs ?? this.#beganMs);
    if (sinceMs <= timeoutMs) return;
    this.#isSilent = true;
    const reason = this.#lastBeat === undefined && awaitReadiness
      ? `no heartbeat within ${new Duration(timeoutMs)} after its start`
      : `no heartbeat for ${new Duration(timeoutMs)}`;
    onEvent({ type: "unwell", reason, restart: onSilence === "restart" });
  }

  report(): ProbeReport[] {
    const { heartbeat } = this.#options.spec;
    const reports = [this.#readiness?.report(), this.#liveness?.report()].filter((report) => report !== undefined);
    if (heartbeat.timeoutMs === 0 && this.#lastBeat === undefined) return reports;
    const result = this.#isSilent ? "bad" : this.#lastBeat === undefined ? "waiting" : "good";
    const seen = this.#lastBeat === undefined ? {} : { lastMs: this.#lastBeat.timeMs, reason: this.#lastBeat.text };
    return [...reports, { probe: "heartbeat", type: "heartbeat", result, ...seen }];
  }

  stop(): void {
    this.#over.abort();
    this.#readiness?.stop();
    this.#liveness?.stop();
  }

  #startReadiness(): void {
    const { spec, services, env } = this.#options;
    const { readiness } = spec;
    if (readiness === null) return this.#startLiveness();
    const { target } = readiness;
    if (target.type === "tcp" || target.type === "http" || target.type === "exec") {
      this.#readiness = services.startProbe({
        probe: "readiness",
        target,
        timing: readiness,
        startPeriodMs: 0,
        env,
        cwd: spec.workDir,
        user: spec.account.user,
        onResult: (result, reason) => {
          if (result === "good") this.#ready(reason);
          else services.changed(spec.id);
        },
      });
    }
    if (readiness.giveUpMs > 0) void this.#giveUp(readiness.giveUpMs);
  }

  async #giveUp(ms: number): Promise<void> {
    try {
      await this.#options.services.clock.sleep(ms, this.#over.signal);
    } catch {
      return; // the run is over
    }
    if (this.#readiness?.report().result === "good") return;
    const why = this.#readiness?.report().reason;
    const reason = `not ready within ${new Duration(ms)}${why === undefined ? "" : `: ${why}`}`;
    this.#options.onEvent({ type: "late", reason });
  }

  #ready(reason: string): void {
    const { onEvent } = this.#options;
    if (this.#over.signal.aborted || this.#liveness !== undefined) return;
    if (this.#readiness instanceof OccurrenceWatch) {
      if (this.#readiness.report().result === "good") return;
      this.#readiness.occurred(reason);
    } else this.#readiness?.stop();
    onEvent({ type: "ready", reason });
    if (!this.#over.signal.aborted) this.#startLiveness();
  }

  #startLiveness(): void {
    const { spec, services, env, onEvent } = this.#options;
    const { liveness } = spec;
    if (liveness === null) return;
    this.#liveness = services.startProbe({
      probe: "liveness",
      target: liveness.target,
      timing: liveness,
      startPeriodMs: liveness.startPeriodMs,
      env,
      cwd: spec.workDir,
      user: spec.account.user,
      onResult: (result, reason) => {
        this.#isAlive = result === "good";
        if (result === "bad") onEvent({ type: "unwell", reason, restart: liveness.onFailure === "restart" });
        else if (!this.#isSilent) onEvent({ type: "well", reason });
      },
    });
  }
}

/** True when watching goes on as it was: then what has been seen so far still counts. */
export function isWatchedAlike(a: ProcessSpec, b: ProcessSpec): boolean {
  return isDeepStrictEqual(watchedOf(a), watchedOf(b));
}

function watchedOf({ readiness, liveness, heartbeat, env, envFile, workDir, account }: ProcessSpec) {
  return { readiness, liveness, heartbeat, env, envFile, workDir, account };
}

/** Waits for something that the process does by itself. */
class OccurrenceWatch implements RunningProbe {
  readonly #type: string;
  readonly #stopWaiting: () => void;
  #reason: string | undefined;

  constructor(type: string, stopWaiting: () => void) {
    this.#type = type;
    this.#stopWaiting = stopWaiting;
  }

  occurred(reason: string): void {
    this.#reason = reason;
    this.#stopWaiting();
  }

  report(): ProbeReport {
    const good = this.#reason !== undefined;
    const reason = this.#reason ?? `waits for its ${this.#type === "log" ? "line of output" : this.#type}`;
    return { probe: "readiness", type: this.#type, result: good ? "good" : "waiting", reason };
  }

  stop(): void {
    this.#stopWaiting();
  }
}
