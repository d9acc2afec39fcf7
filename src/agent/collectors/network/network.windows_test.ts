import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import type { WindowsInterface } from "../../../platform/mod.ts";
import { networkMetrics } from "./metrics.ts";
import { windowsNetwork } from "./network.windows.ts";

const SIGNAL = new AbortController().signal;
type Options = Parameters<typeof windowsNetwork>[0];
const options = (interfaces: string[] = [], exclude: string[] = []) =>
  ({ interfaces, exclude_interfaces: exclude }) as unknown as Options;

function row(index: number, alias: string, more: Partial<WindowsInterface> = {}): WindowsInterface {
  return {
    index,
    alias,
    description: `Driver of ${alias} (R) #2`,
    mac: `02:00:00:00:00:0${index}`,
    loopback: false,
    hardware: true,
    filter: false,
    state: "up",
    speedBytesPerSecond: 125_000_000,
    receive: { bytes: 1000, packets: 10, errors: 1, discarded: 2 },
    transmit: { bytes: 2000, packets: 20, errors: 3, discarded: 4 },
    unknownProtocols: 5,
    outputQueue: 0,
    ...more,
  };
}

const ROWS = [
  row(1, "Loopback", { loopback: true, hardware: false }),
  row(2, "Ethernet"),
  row(3, "Ethernet-Filter", { filter: true }),
  row(4, "VPN", { hardware: false }),
  row(5, "WAN Miniport", { hardware: false }),
];

const host = (more: Parameters<typeof windowsHost>[0] = {}) =>
  windowsHost({
    interfaceRows: () => ROWS,
    unicastAddresses: () => [
      { index: 1, address: "127.0.0.1/8" },
      { index: 2, address: "192.0.2.7/24" },
      { index: 2, address: "fe80::1/64" },
      { index: 4, address: "2001:db8::7/64" },
    ],
    tcpStatistics: (family) => family === "ipv4" ? { InSegs: 100, OutSegs: 50, CurrEstab: 3 } : { InSegs: 7 },
    udpStatistics: () => ({ InDatagrams: 9, NoPorts: 1, InErrors: 0, OutDatagrams: 8 }),
    tcpStates: (family) => family === "ipv4" ? { established: 3, listen: 2 } : { listen: 1 },
    ...more,
  });

async function names(chosen: Options): Promise<string[]> {
  const { sample } = await windowsNetwork(chosen, windowsDeps(), host()).collect(SIGNAL);
  return sample.interfaces.map(({ name }) => name);
}

Deno.test("hardware and what has addresses is reported; filters, ports and the loopback only by name", async () => {
  assert.deepEqual(await names(options()), ["Ethernet", "VPN"]);
  assert.deepEqual(await names(options([], ["V*"])), ["Ethernet"]);
  assert.deepEqual(await names(options(["Loopback", "Ethernet*"])), ["Loopback", "Ethernet", "Ethernet-Filter"]);
});

Deno.test("an interface has its counters, addresses and state; connections are counted by state", async () => {
  const { sample, problems } = await windowsNetwork(options(), windowsDeps(), host()).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual(sample.interfaces[0], {
    name: "Ethernet",
    index: 2,
    receive: { bytes: 1000, packets: 10, errors: 1, dropped: 2 },
    transmit: { bytes: 2000, packets: 20, errors: 3, dropped: 4 },
    state: "up",
    up: true,
    speedBytesPerSecond: 125_000_000,
    mtu: undefined,
    mac: "02:00:00:00:00:02",
    addresses: ["192.0.2.7/24", "fe80::1/64"],
    attributes: { packets_received_unknown: 5, output_queue_length_packets: 0 },
    description: "Driver of Ethernet (R) #2",
  });
  assert.deepEqual([sample.tcpStates?.["listen"], sample.tcpStates?.["established"], sample.tcpStates?.["closing"]], [
    3,
    3,
    0,
  ]);
  assert.deepEqual(sample.protocols?.["Tcp6"], { InSegs: 7 });
});

Deno.test("counters of 32 bits go on when they wrap; the number of connections is none of them", async () => {
  const readings = [{ InSegs: 4_294_967_295, CurrEstab: 4_000_000_000 }, { InSegs: 3, CurrEstab: 1 }];
  let reading = readings[0] ?? {};
  const collector = windowsNetwork(options(), windowsDeps(), host({ tcpStatistics: () => reading }));
  await collector.collect(SIGNAL);
  reading = readings[1] ?? {};
  const { sample } = await collector.collect(SIGNAL);
  assert.deepEqual(sample.protocols?.["Tcp"], { InSegs: 4_294_967_299, CurrEstab: 1 });
});

Deno.test("what cannot be read is absent and a problem; without interfaces there is no reading", async () => {
  const bare = windowsHost({ interfaceRows: () => ROWS });
  const { sample, problems } = await windowsNetwork(options(), windowsDeps(), bare).collect(SIGNAL);
  assert.deepEqual(sample.interfaces.map(({ name }) => name), ["Ethernet"]);
  assert.deepEqual([sample.protocols, sample.sockets, sample.tcpStates], [undefined, undefined, undefined]);
  assert.equal(problems.length, 7);
  assert.throws(() => windowsNetwork(options(), windowsDeps(), windowsHost({})).collect(SIGNAL), {
    code: "unsupported",
  });
});

Deno.test("metrics have windows_exporter's names and its spelling of interfaces and states", async () => {
  const { sample } = await windowsNetwork(options(), windowsDeps(), host()).collect(SIGNAL);
  const sink = new TextSink("prometheus");
  networkMetrics(sample, sink, "windows");
  const series = parseSeries(sink.text());
  const nic = 'nic="Driver of Ethernet [R] _2"';
  assert.equal(series.get(`windows_net_bytes_total{${nic}}`), 3000);
  assert.equal(series.get(`windows_net_packets_received_discarded_total{${nic}}`), 2);
  assert.equal(series.get(`windows_net_current_bandwidth_bytes{${nic}}`), 125_000_000);
  assert.equal(series.get(`windows_net_nic_operation_status{${nic},status="up"}`), 1);
  assert.equal(series.get(`windows_net_nic_operation_status{${nic},status="not present"}`), 0);
  assert.equal(series.get(`windows_net_nic_address_info{address="192.0.2.7",family="ipv4",${nic}}`), 1);
  assert.ok(![...series.keys()].some((name) => name.includes("fe80")));
  assert.equal(series.get(`windows_net_nic_info{friendly_name="Ethernet",mac="02:00:00:00:00:02",${nic}}`), 1);
  assert.equal(series.get('windows_tcp_segments_total{af="ipv4"}'), 150);
  assert.equal(series.get('windows_tcp_segments_total{af="ipv6"}'), undefined);
  assert.equal(series.get('windows_tcp_connections_state_count{af="ipv6",state="LISTENING"}'), 1);
  assert.equal(series.get('windows_udp_datagram_sent_total{af="ipv4"}'), 8);
  assert.ok([...series.keys()].every((name) => name.startsWith("windows_")));
});
