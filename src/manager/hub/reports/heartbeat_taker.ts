import { type Clock, oneLine } from "../../../core/mod.ts";
import type { HostFacts, HostHeartbeat } from "../../../protocol/mod.ts";
import type { Conduct } from "../hosts/conduct.ts";
import type { HostEntry } from "../hosts/host_entry.ts";
import { boundedFacts } from "../hosts/host_view.ts";
import type { Link } from "../hosts/link.ts";
import type { ProcessKeeper } from "../hosts/process_keeper.ts";
import type { RecordWriter } from "../hosts/record_writer.ts";
import type { SamplesPort } from "../ports.ts";
import type { PresenceKeeper } from "../presence/presence_keeper.ts";

export interface HeartbeatTakerParts {
  readonly clock: Clock;
  readonly conduct: Conduct;
  readonly presence: PresenceKeeper;
  readonly processes: ProcessKeeper;
  readonly samples: Pick<SamplesPort, "put">;
  readonly writer: RecordWriter;
  /** How long hosts have to leave, while the manager drains; null while it does not. */
  readonly drainMs: () => number | null;
}

/** A host that does not take its settings is told them this often. */
const SETTINGS_AGAIN_MS = 60_000;
const MAX_TROUBLE = 500;

/** What comes of a heartbeat. */
export class HeartbeatTaker {
  readonly #parts: HeartbeatTakerParts;
  #taken = 0;

  constructor(parts: HeartbeatTakerParts) {
    this.#parts = parts;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Gives the answer as JSON text. */
  take(entry: HostEntry, link: Link, beat: HostHeartbeat): string {
    const { clock, conduct, presence, processes, samples } = this.#parts;
    this.#taken++;
    conduct.refresh(entry);
    if (beat.facts !== undefined) this.#takeFacts(entry, beat.facts);
    if (beat.processes !== undefined) processes.report(entry, beat.processes);
    if (beat.sample !== null) samples.put(entry.id, beat.sample);
    entry.uptimeMs = beat.uptimeMs;
    entry.latencyMs = beat.latencyMs;
    entry.settingsVersion = beat.settingsVersion;
    entry.ownTrouble = beat.state === "ok" ? null : oneLine(beat.reason ?? "the agent is not well", MAX_TROUBLE);
    presence.heard(entry, beat.timeMs - clock.nowMs());
    return this.#answer(entry, link, beat.settingsVersion);
  }

  #takeFacts(entry: HostEntry, told: HostFacts): void {
    const facts = boundedFacts(told);
    entry.record = { ...entry.record, facts };
    this.#parts.writer.change(entry.id, { facts });
  }

  #answer(entry: HostEntry, link: Link, hasVersion: number): string {
    const { clock, drainMs } = this.#parts;
    const { settings: { version, values } } = entry;
    const start = `{"timeMs":${Math.round(clock.nowMs())},"intervalMs":${entry.intervalMs}`;
    const drain = drainMs();
    const leave = drain === null ? "" : `,"drainMs":${Math.round(drain)}`;
    const nowMs = clock.monotonicMs();
    const isTold = link.sentSettings === version && nowMs - link.sentSettingsMs < SETTINGS_AGAIN_MS;
    if (hasVersion === version || isTold) return `${start}${leave}}`;
    link.sentSettings = version;
    link.sentSettingsMs = nowMs;
    return `${start}${leave},"settings":${JSON.stringify({ version, values })}}`;
  }
}
