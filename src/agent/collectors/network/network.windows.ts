import {
  type TcpState,
  type UnicastAddress,
  type WindowsInterface,
  type WindowsMeasures,
  windowsMeasures,
} from "../../../platform/mod.ts";
import type { NetworkDirection, NetworkInterface, NetworkSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { nameFilter } from "../name_filter.ts";
import { readPart } from "../reading/parts.ts";
import { WideCounters } from "../reading/wide_counters.ts";

const FAMILIES = [["ipv4", ""], ["ipv6", "6"]] as const;
/** The only one of these that is no counter. */
const CONNECTED = "CurrEstab";

/**
 * Interfaces go by the names that people see (`Ethernet`). Counters of TCP and UDP are those of IPv4 (`Tcp`) and of
 * IPv6 (`Tcp6`); `sockets` has the connections of each by state.
 */
export function windowsNetwork(
  options: CollectorsConfig["network"],
  _deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<NetworkSample> {
  const isNamed = nameFilter({ include: options.interfaces, exclude: options.exclude_interfaces });
  const wide = new WideCounters();
  return {
    collect() {
      const problems: string[] = [];
      const addresses = readPart(problems, "addresses", measures.unicastAddresses) ?? [];
      const rows = measures.interfaceRows().filter((row) => {
        return isNamed(row.alias) && (options.interfaces.length > 0 || isReal(row, addresses));
      });
      const sockets = readStates(measures, problems);
      return {
        sample: {
          interfaces: rows.map((row) => networkInterface(row, addresses)),
          tcpStates: sockets && sumOfStates(Object.values(sockets)),
          protocols: readProtocols(measures, wide, problems),
          sockets,
        },
        problems,
      };
    },
  };
}

/**
 * Hardware, and what has addresses, such as the adapters of VPNs and of Hyper-V. The rest are filters that count the
 * packets of others again, ports that no packet passes, and the loopback, which Windows does not count.
 */
function isReal(
  { index, loopback, filter, hardware }: WindowsInterface,
  addresses: readonly UnicastAddress[],
): boolean {
  return !loopback && !filter && (hardware || addresses.some((address) => address.index === index));
}

export function networkInterface(row: WindowsInterface, addresses: readonly UnicastAddress[]): NetworkInterface {
  const { unknownProtocols, outputQueue } = row;
  return {
    name: row.alias || row.description || String(row.index),
    index: row.index,
    receive: direction(row.receive),
    transmit: direction(row.transmit),
    state: row.state,
    up: row.state === undefined ? undefined : row.state === "up",
    speedBytesPerSecond: row.speedBytesPerSecond,
    mtu: row.mtu,
    mac: row.mac,
    addresses: addresses.filter(({ index }) => index === row.index).map(({ address }) => address),
    attributes: {
      ...(unknownProtocols !== undefined && { packets_received_unknown: unknownProtocols }),
      ...(outputQueue !== undefined && { output_queue_length_packets: outputQueue }),
    },
    description: row.description || undefined,
  };
}

function direction(counters: WindowsInterface["receive"]): NetworkDirection | undefined {
  if (counters === undefined) return undefined;
  const { discarded: dropped, ...others } = counters;
  return { ...others, dropped };
}

type Counts = Record<string, number>;

function readProtocols(
  measures: WindowsMeasures,
  wide: WideCounters,
  problems: string[],
): Record<string, Counts> | undefined {
  const protocols: Record<string, Counts> = {};
  for (const [family, digit] of FAMILIES) {
    const tcp = readPart(problems, `TCP${digit}`, () => measures.tcpStatistics(family));
    const udp = readPart(problems, `UDP${digit}`, () => measures.udpStatistics(family));
    if (tcp !== undefined) protocols[`Tcp${digit}`] = widened(`Tcp${digit}`, tcp, wide);
    if (udp !== undefined) protocols[`Udp${digit}`] = widened(`Udp${digit}`, udp, wide);
  }
  return Object.keys(protocols).length === 0 ? undefined : protocols;
}

function widened(protocol: string, counts: Readonly<Partial<Counts>>, wide: WideCounters): Counts {
  const found: Counts = {};
  for (const name in counts) {
    const value = name === CONNECTED ? counts[name] : wide.next(`${protocol} ${name}`, counts[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function readStates(measures: WindowsMeasures, problems: string[]): Record<string, Counts> | undefined {
  const sockets: Record<string, Counts> = {};
  for (const [family, digit] of FAMILIES) {
    const name = `TCP${digit}`;
    const states = readPart(problems, `connections of ${name}`, () => measures.tcpStates(family));
    if (states !== undefined) sockets[name] = withAllStates(states);
  }
  return Object.keys(sockets).length === 0 ? undefined : sockets;
}

/** Every connection is in the list, so that a state that none is in is a measured zero. */
const STATES: readonly TcpState[] = [
  "established",
  "syn_sent",
  "syn_recv",
  "fin_wait1",
  "fin_wait2",
  "time_wait",
  "close",
  "close_wait",
  "last_ack",
  "listen",
  "closing",
  "delete_tcb",
];

function withAllStates(states: Readonly<Partial<Record<TcpState, number>>>): Counts {
  return Object.fromEntries(STATES.map((state) => [state, states[state] ?? 0]));
}

function sumOfStates(all: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const states of all) for (const state in states) total[state] = (total[state] ?? 0) + (states[state] ?? 0);
  return total;
}
