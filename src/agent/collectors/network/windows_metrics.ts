import type { MetricSink, MetricType } from "../../../core/mod.ts";
import type { NetworkInterface, NetworkSample } from "../../../protocol/mod.ts";

type Value<T> = (one: T) => number | undefined;
type Row<T> = readonly [name: string, type: MetricType, help: string, value: Value<T>];

const INTERFACES: readonly Row<NetworkInterface>[] = [
  ["bytes_received_total", "counter", "Bytes that were received.", ({ receive }) => receive?.bytes],
  ["bytes_sent_total", "counter", "Bytes that were sent.", ({ transmit }) => transmit?.bytes],
  [
    "bytes_total",
    "counter",
    "Bytes in both directions.",
    ({ receive, transmit }) => sum(receive?.bytes, transmit?.bytes),
  ],
  ["current_bandwidth_bytes", "gauge", "Speed in bytes per second.", ({ speedBytesPerSecond }) => speedBytesPerSecond],
  [
    "output_queue_length_packets",
    "gauge",
    "Packets that wait to be sent.",
    ({ attributes }) => attributes?.["output_queue_length_packets"],
  ],
  [
    "packets_outbound_discarded_total",
    "counter",
    "Packets to send that were dropped.",
    ({ transmit }) => transmit?.dropped,
  ],
  ["packets_outbound_errors_total", "counter", "Packets that could not be sent.", ({ transmit }) => transmit?.errors],
  [
    "packets_received_discarded_total",
    "counter",
    "Received packets that were dropped.",
    ({ receive }) => receive?.dropped,
  ],
  [
    "packets_received_errors_total",
    "counter",
    "Packets that were received with errors.",
    ({ receive }) => receive?.errors,
  ],
  ["packets_received_total", "counter", "Packets that were received.", ({ receive }) => receive?.packets],
  [
    "packets_received_unknown_total",
    "counter",
    "Received packets of protocols that nobody knows.",
    ({ attributes }) => attributes?.["packets_received_unknown"],
  ],
  ["packets_sent_total", "counter", "Packets that were sent.", ({ transmit }) => transmit?.packets],
  [
    "packets_total",
    "counter",
    "Packets in both directions.",
    ({ receive, transmit }) => sum(receive?.packets, transmit?.packets),
  ],
];

type Counts = Readonly<Record<string, number>>;

const TCP: readonly Row<Counts>[] = [
  ["connection_failures_total", "counter", "Connections that could not be made.", (tcp) => tcp["AttemptFails"]],
  ["connections_active_total", "counter", "Connections that this host has begun.", (tcp) => tcp["ActiveOpens"]],
  ["connections_established", "gauge", "Connections that are established.", (tcp) => tcp["CurrEstab"]],
  ["connections_passive_total", "counter", "Connections that others have begun.", (tcp) => tcp["PassiveOpens"]],
  ["connections_reset_total", "counter", "Connections that were reset.", (tcp) => tcp["EstabResets"]],
  ["segments_received_total", "counter", "Segments that were received.", (tcp) => tcp["InSegs"]],
  ["segments_retransmitted_total", "counter", "Segments that were sent again.", (tcp) => tcp["RetransSegs"]],
  ["segments_sent_total", "counter", "Segments that were sent.", (tcp) => tcp["OutSegs"]],
  ["segments_total", "counter", "Segments in both directions.", (tcp) => sum(tcp["InSegs"], tcp["OutSegs"])],
];
const UDP: readonly Row<Counts>[] = [
  ["datagram_no_port_total", "counter", "Datagrams for a port that nobody listens at.", (udp) => udp["NoPorts"]],
  ["datagram_received_errors_total", "counter", "Datagrams that were received with errors.", (udp) => udp["InErrors"]],
  ["datagram_received_total", "counter", "Datagrams that were received.", (udp) => udp["InDatagrams"]],
  ["datagram_sent_total", "counter", "Datagrams that were sent.", (udp) => udp["OutDatagrams"]],
];

/** windows_exporter's words for what an interface is doing, by ours. */
const STATUSES: readonly (readonly [state: string, status: string])[] = [
  ["dormant", "dormant"],
  ["down", "down"],
  ["lower_layer_down", "lower layer down"],
  ["not_present", "not present"],
  ["testing", "testing"],
  ["unknown", "unknown"],
  ["up", "up"],
];
/** Those of Windows for the states of connections, by ours. */
const TCP_STATES: readonly (readonly [state: string, label: string])[] = [
  ["close", "CLOSED"],
  ["close_wait", "CLOSE_WAIT"],
  ["closing", "CLOSING"],
  ["delete_tcb", "DELETE_TCB"],
  ["established", "ESTABLISHED"],
  ["fin_wait1", "FIN_WAIT1"],
  ["fin_wait2", "FIN_WAIT2"],
  ["last_ack", "LAST_ACK"],
  ["listen", "LISTENING"],
  ["syn_recv", "SYN_RECEIVED"],
  ["syn_sent", "SYN_SENT"],
  ["time_wait", "TIME_WAIT"],
];
const FAMILIES = [["", "ipv4"], ["6", "ipv6"]] as const;

/** As windows_exporter's collectors net, tcp and udp name them. */
export function windowsNetworkMetrics({ interfaces, protocols, sockets }: NetworkSample, sink: MetricSink): void {
  const named = interfaces.map((one) => ({ one, nic: nicName(one) }));
  for (const [name, type, help, value] of INTERFACES) {
    if (!interfaces.some((one) => value(one) !== undefined)) continue;
    sink.family(`windows_net_${name}`, type, help);
    for (const { one, nic } of named) sink.value(value(one), { nic });
  }
  writeInterfaceFacts(named, sink);
  for (const [rows, prefix, protocol] of [[TCP, "tcp", "Tcp"], [UDP, "udp", "Udp"]] as const) {
    for (const [name, type, help, value] of rows) {
      writeFamily(`windows_${prefix}_${name}`, type, help, (digit) => protocols?.[`${protocol}${digit}`], value, sink);
    }
  }
  if (sockets === undefined) return;
  sink.family("windows_tcp_connections_state_count", "gauge", "Connections by state.");
  for (const [digit, af] of FAMILIES) {
    for (const [state, label] of TCP_STATES) sink.value(sockets[`TCP${digit}`]?.[state], { af, state: label });
  }
}

interface NamedInterface {
  readonly one: NetworkInterface;
  readonly nic: string;
}

function writeInterfaceFacts(named: readonly NamedInterface[], sink: MetricSink): void {
  sink.family("windows_net_nic_address_info", "gauge", "Addresses of an interface; the value is always 1.");
  for (const { one: { up, addresses }, nic } of named) {
    if (up === false) continue;
    for (const cidr of addresses) {
      const address = cidr.split("/", 1)[0] ?? cidr;
      if (!isLocal(address)) sink.value(1, { nic, address, family: address.includes(":") ? "ipv6" : "ipv4" });
    }
  }
  sink.family("windows_net_nic_info", "gauge", "What an interface is; the value is always 1.");
  for (const { one: { name, mac }, nic } of named) {
    sink.value(1, { nic, friendly_name: name, mac: (mac ?? "").toUpperCase() });
  }
  sink.family("windows_net_nic_operation_status", "gauge", "Which of its states an interface is in.");
  for (const { one: { state }, nic } of named) {
    if (state === undefined) continue;
    for (const [own, status] of STATUSES) sink.value(own === state ? 1 : 0, { nic, status });
  }
}

function writeFamily(
  name: string,
  type: MetricType,
  help: string,
  countsOf: (digit: string) => Counts | undefined,
  value: Value<Counts>,
  sink: MetricSink,
): void {
  let begun = false;
  for (const [digit, af] of FAMILIES) {
    const counts = countsOf(digit);
    const found = counts === undefined ? undefined : value(counts);
    if (found === undefined) continue;
    begun ||= sink.family(name, type, help);
    sink.value(found, { af });
  }
}

/** Windows' performance counters call an interface what its driver does, with other characters for these. */
function nicName({ name, description }: NetworkInterface): string {
  return (description ?? name).replaceAll("(", "[").replaceAll(")", "]").replaceAll("#", "_");
}

/** Of this host or of this link alone; windows_exporter leaves these out. */
function isLocal(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("169.254.") || /^fe[89ab]/.test(address);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
