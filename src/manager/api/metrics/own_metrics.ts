import process from "node:process";
import { buildInfo, type MetricSink, type MetricType, single } from "../../../core/mod.ts";
import { HOST_STATES, type HostView, TASK_STATES } from "../../../protocol/mod.ts";
import type { ApiPorts } from "../ports.ts";
import type { HttpMetrics } from "./http_metrics.ts";
import type { LoopLag } from "./loop_lag.ts";

export interface OwnMetricsSources {
  readonly ports: ApiPorts;
  readonly http: HttpMetrics;
  readonly lag: LoopLag;
  liveConnections(): number;
}

type Row = readonly [name: string, type: MetricType, help: string, value: number | undefined];

/** How the manager itself does. `hosts` are those that the asker may see. */
export function writeOwnMetrics(sink: MetricSink, sources: OwnMetricsSources, hosts: Iterable<HostView>): void {
  const { ports: { auth, hub, samples, tasks, events, audit, manager }, http, lag } = sources;
  const { tunnels, streams, handshakesUnderWay, handshakes, heartbeats, refused, queues } = hub.report();
  writeRows(sink, [
    ["tunnels", "gauge", "Hosts that are connected by a tunnel.", tunnels],
    ["tunnel_streams", "gauge", "Requests under way in all tunnels, either way.", streams],
    ["handshakes_under_way", "gauge", "Connections that have not proved yet who they are.", handshakesUnderWay],
    ["handshakes_total", "counter", "Tunnels that were begun.", handshakes],
    ["heartbeats_total", "counter", "Heartbeats of hosts.", heartbeats],
    ["live_connections", "gauge", "Browsers and scripts that are told of changes.", sources.liveConnections()],
  ]);
  writeLabelled(sink, "refused_total", "counter", "Connections and enrolments that were refused.", "reason", refused);
  const { usedBytes, maxBytes } = samples.report();
  writeRows(sink, [
    ["samples_bytes", "gauge", "Memory that the hosts' samples take.", usedBytes],
    ["samples_max_bytes", "gauge", "Memory that they may take.", maxBytes],
  ]);
  const waiting = { audit: audit.waiting, events: events.report().waiting, logins: auth.report().waitingLogins };
  writeLabelled(sink, "queue_length", "gauge", "How much waits, by what it waits for.", "queue", {
    ...queues,
    ...waiting,
  });
  writeLabelled(sink, "hosts", "gauge", "Hosts by state.", "state", statesOf(hosts));
  const byState: Readonly<Record<string, unknown>> = tasks.counts();
  // Those that have ended are in the database, where nobody counts them for this.
  const counted = TASK_STATES.flatMap((state) => typeof byState[state] === "number" ? [[state, byState[state]]] : []);
  writeLabelled(sink, "tasks", "gauge", "Tasks by state.", "state", Object.fromEntries(counted));
  writeStore(sink, manager);
  writeProcess(sink, lag);
  http.write(sink);
}

function writeStore(sink: MetricSink, manager: OwnMetricsSources["ports"]["manager"]): void {
  const { waiting, writes, failures, latencyMs, sizeBytes } = manager.store();
  writeRows(sink, [
    ["store_waiting", "gauge", "Writes that wait for the database.", waiting],
    ["store_writes_total", "counter", "Writes to the database.", writes],
    ["store_failures_total", "counter", "Writes that have failed.", failures],
    [
      "store_latency_seconds",
      "gauge",
      "How long writes took of late.",
      latencyMs === undefined ? undefined : latencyMs / 1000,
    ],
    ["store_size_bytes", "gauge", "Size of the database.", sizeBytes],
  ]);
}

function writeProcess(sink: MetricSink, lag: LoopLag): void {
  const late = lag.report();
  const { rss, heapUsed } = Deno.memoryUsage();
  const { user, system } = process.cpuUsage();
  writeRows(sink, [
    ["event_loop_lag_seconds", "gauge", "How late timers were in the last minute, in the mean.", late?.meanSeconds],
    ["event_loop_lag_max_seconds", "gauge", "How late the latest of them was.", late?.maxSeconds],
    ["heap_used_bytes", "gauge", "What the manager's JavaScript heap holds.", heapUsed],
  ]);
  single(sink, "process_resident_memory_bytes", "gauge", "Memory of the manager.", rss);
  single(sink, "process_cpu_seconds_total", "counter", "Processor time of the manager.", (user + system) / 1e6);
  const { version, commit, target } = buildInfo();
  if (sink.family("farhand_build_info", "gauge", "What this manager was built from.")) {
    sink.value(1, { version, commit, target });
  }
}

function writeRows(sink: MetricSink, rows: readonly Row[]): void {
  for (const [name, type, help, value] of rows) single(sink, `farhand_manager_${name}`, type, help, value);
}

function writeLabelled(
  sink: MetricSink,
  name: string,
  type: MetricType,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): void {
  if (!sink.family(`farhand_manager_${name}`, type, help)) return;
  for (const [of, value] of Object.entries(values)) sink.value(value, { [label]: of });
}

function statesOf(hosts: Iterable<HostView>): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(HOST_STATES.map((state) => [state, 0]));
  for (const { state } of hosts) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
