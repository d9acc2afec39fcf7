import { type MetricSink, type MetricType, single } from "../../../core/mod.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";

const SOFTNET: readonly (readonly [counter: string, name: string, type: MetricType, help: string])[] = [
  ["backlog_len", "backlog_len", "gauge", "Packets that wait for the processor."],
  ["cpu_collision", "cpu_collision_total", "counter", "Times that another processor was sending on the same device."],
  ["dropped", "dropped_total", "counter", "Packets that were dropped, for too many waited for the processor."],
  ["flow_limit_count", "flow_limit_count_total", "counter", "Packets that were dropped to be fair to other flows."],
  ["processed", "processed_total", "counter", "Packets that the processor has taken in."],
  ["received_rps", "received_rps_total", "counter", "Times that another processor gave work to this one."],
  ["times_squeezed", "times_squeezed_total", "counter", "Times that the processor left packets for later."],
];

const TRACKING: Readonly<Record<string, string>> = {
  drop: "Packets dropped because their connection could not be tracked.",
  early_drop: "Connections that were forgotten to make room for others.",
  found: "Lookups that found a connection.",
  ignore: "Packets that belonged to a connection already.",
  insert: "Connections that were added to the table.",
  insert_failed: "Connections that could not be added to the table.",
  invalid: "Packets that fit no connection.",
  search_restart: "Lookups that began again because the table was resized.",
};

/** As node_exporter names what happens to packets between the interfaces and the programs. */
export function packetMetrics(sample: NetworkSample, sink: MetricSink): void {
  neighbours(sample, sink);
  bonds(sample, sink);
  conntrack(sample, sink);
  for (const [counter, name, type, help] of SOFTNET) {
    const rows = sample.softnet?.filter(({ counters }) => counters[counter] !== undefined) ?? [];
    if (rows.length === 0 || !sink.family(`node_softnet_${name}`, type, help)) continue;
    for (const { cpu, counters } of rows) sink.value(counters[counter], { cpu });
  }
}

function neighbours({ arpEntries }: NetworkSample, sink: MetricSink): void {
  const entries = Object.entries(arpEntries ?? {});
  if (entries.length === 0 || !sink.family("node_arp_entries", "gauge", "Neighbours known by IPv4.")) return;
  for (const [device, value] of entries) sink.value(value, { device });
}

function bonds({ bonds = [] }: NetworkSample, sink: MetricSink): void {
  if (bonds.length === 0) return;
  if (sink.family("node_bonding_active", "gauge", "Parts of the bond that have a link.")) {
    for (const { name, active } of bonds) sink.value(active, { master: name });
  }
  if (sink.family("node_bonding_slaves", "gauge", "Parts of the bond.")) {
    for (const { name, slaves } of bonds) sink.value(slaves, { master: name });
  }
}

function conntrack({ conntrack }: NetworkSample, sink: MetricSink): void {
  if (conntrack === undefined) return;
  single(sink, "node_nf_conntrack_entries", "gauge", "Connections that are tracked.", conntrack.entries);
  single(sink, "node_nf_conntrack_entries_limit", "gauge", "Connections that can be tracked.", conntrack.limit);
  for (const [name, help] of Object.entries(TRACKING)) {
    single(sink, `node_nf_conntrack_stat_${name}`, "gauge", help, conntrack.counters?.[name]);
  }
}
