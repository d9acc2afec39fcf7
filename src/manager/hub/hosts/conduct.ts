import type { SamplesPort, SettingsPort } from "../ports.ts";
import { type Timing, timingOf } from "../presence/timing.ts";
import type { HostEntry } from "./host_entry.ts";

export interface ConductParts {
  readonly settings: SettingsPort;
  readonly samples: Pick<SamplesPort, "setInterval">;
  readonly heartbeatIntervalMs: number;
  readonly workerIntervalMs: number;
  readonly timing: Partial<Timing>;
}

/** How each host is to behave, and how it is judged: made anew only when rules, its name or its labels have changed. */
export class Conduct {
  readonly #parts: ConductParts;

  constructor(parts: ConductParts) {
    this.#parts = parts;
  }

  /** Costs nothing while nothing has changed. */
  refresh(entry: HostEntry): void {
    const { settings, samples, heartbeatIntervalMs, workerIntervalMs, timing } = this.#parts;
    const version = settings.version();
    if (entry.settingsFrom === version) return;
    entry.settingsFrom = version;
    const held = settings.forHost(entry.record);
    if (held === entry.settings) return;
    entry.settings = held;
    entry.intervalMs = held.heartbeatIntervalMs ??
      (entry.record.kind === "worker" ? workerIntervalMs : heartbeatIntervalMs);
    entry.timing = timingOf(entry.intervalMs, held.times, timing);
    samples.setInterval(entry.id, entry.intervalMs);
  }
}

/** Before they were asked for. */
export const NO_SETTINGS = {
  version: 0,
  values: {},
  heartbeatIntervalMs: null,
  times: { unreachableAfterMs: null, offlineAfterMs: null, flapLimit: null, flapWindowMs: null, flapHoldMs: null },
};
