import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import {
  depsFor,
  type FixtureHost,
  hostRoots,
  metricLines,
  PLAIN_OPTIONS,
} from "../../../../tests/helpers/fixture_host.ts";
import { parseSeries, parseTypes } from "../../../../tests/helpers/prometheus.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";
import { networkMetrics } from "./metrics.ts";
import { linuxNetwork } from "./network.linux.ts";
import { networkCollector } from "./network.ts";

async function sampleOf(host: FixtureHost): Promise<NetworkSample> {
  const options = { ...PLAIN_OPTIONS, interfaces: [], exclude_interfaces: [] };
  const collector = linuxNetwork(options, depsFor(hostRoots(host)));
  const { sample } = await collector.collect(new AbortController().signal);
  collector.close?.();
  return sample;
}

async function seriesOf(host: FixtureHost): Promise<Map<string, number>> {
  return parseSeries(metricLines(networkCollector, await sampleOf(host)).join("\n"));
}

function textOf(sample: NetworkSample): string {
  const sink = new TextSink("prometheus");
  networkMetrics(sample, sink, "node");
  return sink.text();
}

/** Each name with its type, as node_exporter has them by default on the host that `server128` is like. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  counter: [
    ...["bytes", "compressed", "drop", "errs", "fifo", "frame", "multicast", "nohandler", "packets"]
      .map((name) => `node_network_receive_${name}_total`),
    ...["bytes", "carrier", "colls", "compressed", "drop", "errs", "fifo", "packets"]
      .map((name) => `node_network_transmit_${name}_total`),
    ...["changes", "down_changes", "up_changes"].map((name) => `node_network_carrier_${name}_total`),
    ...["cpu_collision", "dropped", "flow_limit_count", "processed", "received_rps", "times_squeezed"]
      .map((name) => `node_softnet_${name}_total`),
  ],
  gauge: [
    ...["address_assign_type", "carrier", "device_id", "dormant", "flags", "iface_id", "iface_link"],
    ...["iface_link_mode", "info", "mtu_bytes", "name_assign_type", "net_dev_group", "protocol_type"],
    ...["speed_bytes", "transmit_queue_length", "up"],
  ].map((name) => `node_network_${name}`).concat(
    ["entries", "entries_limit"].map((name) => `node_nf_conntrack_${name}`),
    ["drop", "early_drop", "found", "ignore", "insert", "insert_failed", "invalid", "search_restart"]
      .map((name) => `node_nf_conntrack_stat_${name}`),
    ["TCP_alloc", "TCP_inuse", "TCP_mem", "TCP_mem_bytes", "TCP_orphan", "TCP_tw", "TCP6_inuse", "UDP_mem_bytes"]
      .map((name) => `node_sockstat_${name}`),
    ["node_sockstat_sockets_used", "node_arp_entries", "node_udp_queues", "node_softnet_backlog_len"],
    ["node_bonding_active", "node_bonding_slaves", "node_tcp_connection_states"],
  ),
  untyped: [
    ...["IpExt_InOctets", "Ip_Forwarding", "Ip6_OutOctets", "Icmp_InMsgs", "Icmp6_InErrors", "Tcp_CurrEstab"],
    ...["Tcp_RetransSegs", "TcpExt_ListenDrops", "TcpExt_SyncookiesSent", "TcpExt_TCPTimeouts", "UdpLite_InErrors"],
    ...["Udp_NoPorts", "Udp6_RcvbufErrors", "UdpLite6_InErrors"],
  ].map((name) => `node_netstat_${name}`),
};

Deno.test("metrics have node_exporter's names and types", async () => {
  const types = parseTypes(textOf(await sampleOf("server128")));
  for (const [type, names] of Object.entries(TYPES)) {
    for (const name of names) assert.equal(types.get(name), type, name);
  }
});

Deno.test("the counters of an interface stand under its name, loopback's too", async () => {
  const series = await seriesOf("storage");
  assert.equal(series.get('node_network_receive_bytes_total{device="ens1f1"}'), 812345678900000);
  assert.equal(series.get('node_network_receive_drop_total{device="ens1f1"}'), 2);
  assert.equal(series.get('node_network_transmit_colls_total{device="ens1f1"}'), 8);
  assert.equal(series.get('node_network_transmit_carrier_total{device="ens1f1"}'), 9);
  assert.equal(series.get('node_network_receive_bytes_total{device="lo"}'), 99);
  assert.equal(series.get('node_network_protocol_type{device="ib0"}'), 32);
  assert.equal(series.get('node_network_speed_bytes{device="ens1f1"}'), 12.5e9);
});

Deno.test("an interface is up when its state is, and what it has in words stands in one metric", async () => {
  const series = await seriesOf("namespace");
  assert.equal(series.get('node_network_up{device="uplink0"}'), 1);
  assert.equal(series.get('node_network_up{device="spare0"}'), 0);
  assert.equal(series.get('node_network_up{device="lo"}'), 0, "its state is unknown, and node_exporter takes the word");
  const info = [...series.keys()].filter((key) => key.startsWith("node_network_info") && key.includes('"uplink0"'));
  assert.equal(info.length, 1);
  assert.match(info[0] ?? "", /duplex="full",ifalias="to the other side",operstate="up"/);
});

Deno.test("what is not known has no line, and no heading", async () => {
  const text = textOf(await sampleOf("centos7"));
  assert.doesNotMatch(text, /carrier_changes|name_assign_type|nohandler|node_bonding|Ip6_|TCP6_|ip="v6"|backlog_len/);
  const speeds = text.split("\n").filter((line) => line.startsWith("node_network_speed_bytes"));
  assert.deepEqual(speeds, ['node_network_speed_bytes{device="eth0"} 125000000']);
  assert.equal(textOf({ interfaces: [] }), "");
});

Deno.test("what the host as a whole does has node_exporter's labels", async () => {
  const series = await seriesOf("server128");
  const expected = {
    'node_softnet_processed_total{cpu="127"}': 0x10000000 + 127 * 0x10101,
    'node_udp_queues{ip="v6",queue="rx"}': 0x1000,
    'node_udp_queues{ip="v4",queue="tx"}': 0x300,
    'node_arp_entries{device="bond0"}': 6,
    'node_bonding_slaves{master="bond0"}': 2,
    'node_bonding_active{master="bond0"}': 1,
    'node_tcp_connection_states{state="established"}': 41234,
    node_nf_conntrack_entries: 51200,
    node_nf_conntrack_entries_limit: 262144,
    node_netstat_Tcp_CurrEstab: 41234,
    node_sockstat_sockets_used: 92345,
  };
  for (const [key, value] of Object.entries(expected)) assert.equal(series.get(key), value, key);
});
