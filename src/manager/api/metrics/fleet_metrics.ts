import { metricHead, metricLabels, metricNumber, type TextFormat } from "../../../core/mod.ts";
import { FLEET_SERIES, type HostView } from "../../../protocol/mod.ts";
import type { SamplesPort } from "../ports.ts";

/** Of a host that says nothing its last values would stand in the graphs as if they still held. */
const STALE_MS = 5 * 60_000;
const CHUNK_LENGTH = 32 * 1024;

type ValueOf = (host: HostView) => number | undefined;
type Family = readonly [name: string, help: string, valueOf: ValueOf];

/**
 * The fleet's latest samples as text, a piece at a time: of ten thousand hosts this is some megabytes, which nobody
 * should have to hold at once.
 */
export function* fleetMetrics(
  format: TextFormat,
  hosts: readonly HostView[],
  samples: SamplesPort,
  nowMs: number,
): Generator<string, void> {
  const labels = hosts.map(({ name }) => metricLabels({ host: name }));
  for (const [name, help, valueOf] of [...HOST_FAMILIES, ...seriesFamilies(samples, nowMs)]) {
    let [head, text] = [metricHead(format, name, "gauge", help), ""];
    for (const [at, host] of hosts.entries()) {
      const value = valueOf(host);
      if (value === undefined) continue;
      text += `${head}${name}${labels[at]} ${metricNumber(value)}\n`;
      head = "";
      if (text.length < CHUNK_LENGTH) continue;
      yield text;
      text = "";
    }
    if (text !== "") yield text;
  }
}

const HOST_FAMILIES: readonly Family[] = [
  ["farhand_host_up", "Whether the host is connected.", ({ state }) => isUp(state) ? 1 : 0],
  [
    "farhand_host_last_seen_seconds",
    "When it was heard last, in seconds since 1970.",
    ({ lastSeenMs }) => lastSeenMs === undefined ? undefined : lastSeenMs / 1000,
  ],
  ["farhand_host_processes", "Processes that it supervises.", ({ processes }) => processes.total],
  [
    "farhand_host_processes_bad",
    "Those of them that are failed, in backoff or unhealthy.",
    ({ processes }) => processes.bad,
  ],
];

function seriesFamilies(samples: SamplesPort, nowMs: number): Family[] {
  return FLEET_SERIES.map((series, at) => [
    `farhand_host_${series.replaceAll(/\W/g, "_")}`,
    `The latest ${series} of the host.`,
    ({ id, state }) => {
      const latest = isUp(state) ? samples.latest(id) : null;
      const value = latest === null || latest.timeMs < nowMs - STALE_MS ? undefined : latest.values[at];
      return value !== undefined && Number.isFinite(value) ? value : undefined;
    },
  ]);
}

function isUp(state: HostView["state"]): boolean {
  return state === "online" || state === "degraded";
}
