import type { MetricSink } from "../../../core/mod.ts";
import type { NetworkInterface } from "../../../protocol/mod.ts";

/** What node_exporter has of interfaces on macOS only. */
export function darwinNetworkMetrics(interfaces: readonly NetworkInterface[], sink: MetricSink): void {
  counters(
    interfaces,
    sink,
    "noproto",
    "Packets of protocols that nobody knows.",
    (one) => one.attributes?.["noproto"],
  );
  counters(
    interfaces,
    sink,
    "transmit_multicast",
    "Packets that were sent to groups.",
    (one) => one.transmit?.multicast,
  );
}

function counters(
  interfaces: readonly NetworkInterface[],
  sink: MetricSink,
  name: string,
  help: string,
  value: (one: NetworkInterface) => number | undefined,
): void {
  if (!sink.family(`node_network_${name}_total`, "counter", help)) return;
  for (const one of interfaces) sink.value(value(one), { device: one.name });
}
