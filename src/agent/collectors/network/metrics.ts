import type { MetricSink } from "../../../core/mod.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { darwinNetworkMetrics } from "./darwin_metrics.ts";
import { interfaceMetrics } from "./interface_metrics.ts";
import { packetMetrics } from "./packet_metrics.ts";
import { protocolMetrics } from "./protocol_metrics.ts";
import { windowsNetworkMetrics } from "./windows_metrics.ts";

export function networkMetrics(sample: NetworkSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") return windowsNetworkMetrics(sample, sink);
  interfaceMetrics(sample.interfaces, sink);
  if (naming === "darwin") darwinNetworkMetrics(sample.interfaces, sink);
  protocolMetrics(sample, sink);
  packetMetrics(sample, sink);
}
