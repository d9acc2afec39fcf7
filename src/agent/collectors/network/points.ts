import type { NetworkInterface, NetworkSample } from "../../../protocol/mod.ts";
import type { EmitPoint, SeriesSpec } from "../contract.ts";
import { perSecond } from "../rates.ts";

/** The charts of one interface: rates of its counters. */
const RATES: readonly {
  readonly series: string;
  readonly unit: SeriesSpec["unit"];
  readonly help: string;
  readonly counter: (one: NetworkInterface) => number | undefined;
}[] = [
  {
    series: "network.receive_bytes_per_second",
    unit: "bytes_per_second",
    help: "What the interface received.",
    counter: ({ receive }) => receive?.bytes,
  },
  {
    series: "network.transmit_bytes_per_second",
    unit: "bytes_per_second",
    help: "What the interface sent.",
    counter: ({ transmit }) => transmit?.bytes,
  },
  {
    series: "network.receive_errors_per_second",
    unit: "per_second",
    help: "Packets that arrived damaged.",
    counter: ({ receive }) => receive?.errors,
  },
  {
    series: "network.errors_per_second",
    unit: "per_second",
    help: "Packets that arrived damaged or could not be sent.",
    counter: ({ receive, transmit }) => sum(receive?.errors, transmit?.errors),
  },
  {
    series: "network.drops_per_second",
    unit: "per_second",
    help: "Packets that were dropped, arriving or leaving.",
    counter: ({ receive, transmit }) => sum(receive?.dropped, transmit?.dropped),
  },
];

const IFF_LOOPBACK = 0x8;

export const networkSeries: readonly SeriesSpec[] = [
  ...RATES.map(({ series, unit, help }) => ({ name: series, unit, help, instance: "interface" })),
  { name: "network.tcp_connections", unit: "count", help: "TCP connections that are established." },
  {
    name: "network.tcp_retransmits_per_second",
    unit: "per_second",
    help: "TCP segments that were sent again, for want of an answer.",
  },
  { name: "network.conntrack_percent", unit: "percent", help: "Part of the table of tracked connections in use." },
];

export function networkPoints(
  current: NetworkSample,
  before: NetworkSample | null,
  elapsedSeconds: number,
  emit: EmitPoint,
): void {
  const formerOf = formerInterfaces(current.interfaces, before?.interfaces ?? []);
  for (const [at, one] of current.interfaces.entries()) {
    if (isLoopback(one)) continue;
    const former = formerOf(one, at);
    for (const { series, counter } of RATES) {
      emit(series, former && perSecond(counter(one), counter(former), elapsedSeconds), one.name);
    }
  }
  emit("network.tcp_connections", tcpCount(current, "CurrEstab") ?? current.tcpStates?.["established"]);
  const [retransmitted, until] = [tcpCount(current, "RetransSegs"), before && tcpCount(before, "RetransSegs")];
  emit("network.tcp_retransmits_per_second", perSecond(retransmitted, until ?? undefined, elapsedSeconds));
  emit("network.conntrack_percent", conntrackPercent(current.conntrack));
}

/** Traffic of a host with itself is no traffic of the network. */
export function isLoopback({ name, attributes }: NetworkInterface): boolean {
  const flags = attributes?.["flags"];
  return flags === undefined ? /^lo\d*$/.test(name) : (flags & IFF_LOOPBACK) !== 0;
}

/** Linux counts TCP over IPv4 and IPv6 together, Windows each by itself. */
function tcpCount({ protocols }: NetworkSample, name: string): number | undefined {
  const ipv4 = protocols?.["Tcp"]?.[name];
  return ipv4 === undefined ? undefined : ipv4 + (protocols?.["Tcp6"]?.[name] ?? 0);
}

/**
 * Finds the same interface in the reading before, where nearly always it has the same place. One that was removed and
 * made again under its name has another index: its counters began anew, even where they are larger by now.
 */
function formerInterfaces(
  current: readonly NetworkInterface[],
  before: readonly NetworkInterface[],
): (one: NetworkInterface, at: number) => NetworkInterface | undefined {
  const isInPlace = current.every(({ name }, at) => before[at]?.name === name);
  const byName = isInPlace ? null : new Map(before.map((one) => [one.name, one]));
  return (one, at) => {
    const former = byName === null ? before[at] : byName.get(one.name);
    const isOther = one.index !== undefined && former?.index !== undefined && one.index !== former.index;
    return isOther ? undefined : former;
  };
}

function conntrackPercent(conntrack: NetworkSample["conntrack"]): number | undefined {
  return conntrack === undefined || conntrack.limit <= 0
    ? undefined
    : Math.min(100, (conntrack.entries / conntrack.limit) * 100);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
