import type { Clock } from "../../../core/mod.ts";
import type { FleetProcess, HostView } from "../../../protocol/mod.ts";
import type { HostRecord, HubSettings, ProcessRecord } from "../ports.ts";
import { type Contact, firstPresence, type LinkState, type Presence } from "../presence/policy.ts";
import { type Timing, timingOf } from "../presence/timing.ts";
import type { Link } from "./link.ts";

/** All that the hub holds of one host. Changed in place, so that a heartbeat leaves nothing behind for the collector. */
export class HostEntry implements Contact {
  record: HostRecord;
  presence: Presence;
  link: Link | null = null;
  linkState: LinkState = "none";
  linkMs: number;
  lostWhy = "";
  heardAtMs: number | null = null;
  trouble: string | null = null;
  /** Since when it had been in the state that the store tells of. */
  readonly knownSinceMs: number;
  /** When its state is to be looked at if nothing happens. */
  dueMs: number;
  /** By the wall clock, for people. */
  lastSeenMs: number | null;
  intervalMs: number;
  timing: Timing;
  settings: HubSettings;
  /** The version of the rules that `settings` was made of. */
  settingsFrom = -1;
  uptimeMs: number | undefined;
  latencyMs: number | undefined;
  settingsVersion: number | undefined;
  /** What the agent says is not well, and somebody else who claims to be this host, until when. */
  ownTrouble: string | null = null;
  claim: { readonly text: string; readonly untilMs: number } | null = null;
  /** Whether it is being found out which of two claimants is to be believed. */
  isContested = false;
  processes: readonly ProcessRecord[] = [];
  processTotal = 0;
  badProcesses = 0;
  /** When its processes were written last; those of before the start count as written. */
  processesWrittenMs = -Infinity;
  view: HostView | null = null;
  fleetProcesses: readonly FleetProcess[] | null = null;

  constructor(
    record: HostRecord,
    settings: HubSettings,
    intervalMs: number,
    now: Pick<Clock, "nowMs" | "monotonicMs">,
  ) {
    this.knownSinceMs = record.sinceMs;
    this.settings = settings;
    this.intervalMs = intervalMs;
    this.timing = timingOf(intervalMs, settings.times, {});
    this.presence = firstPresence(record.state, record.reason);
    const isUnknown = this.presence.state === "unknown";
    this.record = isUnknown ? { ...record, sinceMs: now.nowMs() } : record;
    this.linkMs = now.monotonicMs();
    this.lastSeenMs = record.lastSeenMs;
    this.dueMs = isUnknown ? this.linkMs : Infinity;
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.name;
  }
}
