import { type MetricSink, single } from "../../../core/mod.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";

/** As node_exporter names counters of protocols, and what sockets there are. */
export function protocolMetrics({ protocols, sockets, tcpStates, udpQueues }: NetworkSample, sink: MetricSink): void {
  for (const [protocol, counters] of Object.entries(protocols ?? {})) {
    for (const [name, value] of Object.entries(counters)) {
      single(sink, `node_netstat_${protocol}_${name}`, "untyped", `The kernel's ${name} of ${protocol}.`, value);
    }
  }
  for (const [protocol, states] of Object.entries(sockets ?? {})) {
    for (const [name, value] of Object.entries(states)) {
      single(sink, `node_sockstat_${protocol}_${name}`, "gauge", `The kernel's ${name} of ${protocol} sockets.`, value);
    }
  }
  if (tcpStates !== undefined && sink.family("node_tcp_connection_states", "gauge", "TCP connections in each state.")) {
    for (const [state, value] of Object.entries(tcpStates)) sink.value(value, { state });
  }
  if (udpQueues !== undefined && sink.family("node_udp_queues", "gauge", "Bytes that wait in the queues of UDP.")) {
    for (const [ip, queues] of Object.entries(udpQueues)) {
      for (const [queue, value] of Object.entries(queues)) sink.value(value, { ip, queue });
    }
  }
}
