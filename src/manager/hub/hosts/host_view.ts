import {
  FLEET_SERIES,
  type FleetProcess,
  type HostFacts,
  type HostView,
  POLICY_KEYS,
  type ProcessBrief,
  type ProcessState,
} from "../../../protocol/mod.ts";
import type { SamplesPort } from "../ports.ts";
import type { HostEntry } from "./host_entry.ts";

const BAD_STATES: readonly ProcessState[] = ["failed", "backoff", "unhealthy"];
const MAX_LABELS = 64;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A host as the API tells of it. Made ten thousand times in a row when all have reported, so without objects in between. */
export function viewOf(entry: HostEntry, latest: ReturnType<SamplesPort["latest"]>): HostView {
  const { record, presence, lastSeenMs, uptimeMs, latencyMs, settingsVersion } = entry;
  const view: Writable<HostView> = {
    id: record.id,
    name: record.name,
    kind: record.kind,
    labels: record.labels,
    state: presence.state,
    sinceMs: record.sinceMs,
    reason: presence.reason,
    enrolledMs: record.enrolledMs,
    drained: record.drained,
    processes: { total: entry.processTotal, bad: entry.badProcesses },
    duplicates: [...record.duplicates],
  };
  if (record.facts !== null) view.facts = record.facts;
  if (lastSeenMs !== null) view.lastSeenMs = lastSeenMs;
  if (record.address !== "") view.address = record.address;
  if (uptimeMs !== undefined) view.uptimeMs = uptimeMs;
  if (latencyMs !== undefined) view.latencyMs = latencyMs;
  if (latest !== null) view.latest = { timeMs: latest.timeMs, values: valuesOf(latest.values) };
  if (settingsVersion !== undefined) view.settingsVersion = settingsVersion;
  return view;
}

export function fleetProcessesOf(entry: HostEntry): FleetProcess[] {
  const { name: host, presence: { state: hostState } } = entry;
  return entry.processes.map((process) => ({ ...process, host, hostState }));
}

export function isBad({ state }: ProcessBrief): boolean {
  return BAD_STATES.includes(state);
}

/** What the schema leaves open in size is closed here, because it is kept for as long as the host is. */
export function boundedFacts(facts: HostFacts): HostFacts {
  const { policy } = facts;
  if (policy === undefined) return facts;
  const known = POLICY_KEYS.filter((key) => Object.hasOwn(policy, key));
  return { ...facts, policy: Object.fromEntries(known.map((key) => [key, policy[key] ?? ""])) };
}

export function boundedBrief(brief: ProcessBrief): ProcessBrief {
  const labels = Object.entries(brief.labels);
  return labels.length <= MAX_LABELS ? brief : { ...brief, labels: Object.fromEntries(labels.slice(0, MAX_LABELS)) };
}

function valuesOf(values: ArrayLike<number>): Record<string, number> {
  const named: Record<string, number> = {};
  for (let at = 0; at < FLEET_SERIES.length; at++) {
    const [name, value] = [FLEET_SERIES[at], values[at] ?? NaN];
    if (name !== undefined && !Number.isNaN(value)) named[name] = value;
  }
  return named;
}
