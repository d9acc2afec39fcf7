import type { FleetProcess, HostState, HostView, ProcessState } from "../../../../protocol/mod.ts";
import { numberOf, present, recordOf, textMapOf, textOf } from "../../shared/host_values.ts";

const MAX_LABELS = 64;

/** A process of some host as the tables show it. */
export interface ProcessRow extends FleetProcess {
  /** Tells it from those of other hosts. */
  readonly key: string;
  /** When an event told its state, before any list did; of the clock that was given. */
  readonly toldMs?: number;
}

/** What needs somebody first. The order of the protocol's states is that of a life. */
export const STATES_BY_URGENCY: readonly ProcessState[] = [
  "failed",
  "backoff",
  "unhealthy",
  "stopping",
  "starting",
  "adopted",
  "running",
  "stopped",
];

export const BAD_STATES: readonly ProcessState[] = ["failed", "backoff", "unhealthy"];

/** A state of a newer version sorts last. */
export function urgencyOf(state: ProcessState): number {
  const at = STATES_BY_URGENCY.indexOf(state);
  return at < 0 ? STATES_BY_URGENCY.length : at;
}

export function isBad({ state }: Pick<ProcessRow, "state">): boolean {
  return BAD_STATES.includes(state);
}

export function keyOf(hostId: string, processId: string): string {
  return `${hostId}/${processId}`;
}

export function rowOf(process: FleetProcess): ProcessRow {
  return { ...process, key: keyOf(process.hostId, process.id) };
}

/** What a host says of one of its own processes, as the fleet's lists have it. */
export function rowOfView(
  view: Readonly<Record<string, unknown>>,
  host: Pick<HostView, "id" | "name" | "state">,
  nowMs: number,
): ProcessRow {
  const usage = recordOf(view["usage"]);
  const id = textOf(view["id"]);
  return {
    key: keyOf(host.id, id),
    hostId: host.id,
    host: host.name,
    hostState: host.state,
    id,
    name: textOf(view["name"]),
    state: textOf(view["state"]) as ProcessState, // one of a newer version is shown as it is
    sinceMs: numberOf(view["sinceMs"]) ?? nowMs,
    reason: textOf(view["reason"]),
    labels: textMapOf(view["labels"], MAX_LABELS),
    restarts: numberOf(view["restarts"]) ?? 0,
    reportedMs: numberOf(usage["timeMs"]) ?? nowMs,
    ...present({
      pid: numberOf(view["pid"]),
      cpuPercent: numberOf(usage["cpuPercent"]),
      rssBytes: numberOf(usage["rssBytes"]),
    }),
  };
}

/** Whether the manager can ask the host for something now; of others the list holds what was last reported. */
export function isReachable(state: HostState): boolean {
  return state === "online" || state === "degraded";
}
