import { type DarwinMeasures, darwinMeasures, type InterfaceCounters } from "../../../platform/mod.ts";
import type { NetworkInterface, NetworkSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { nameFilter } from "../name_filter.ts";
import { readPart } from "../reading/parts.ts";

const NO_MAC = "00:00:00:00:00:00";
const BITS_PER_BYTE = 8;

/**
 * Written from Apple's documentation and never run on a Mac. The kernel has one table of all interfaces; their
 * addresses are the runtime's to tell. Connections by state and counters of protocols are not read.
 */
export function darwinNetwork(
  options: CollectorsConfig["network"],
  _deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
  listAddresses: () => Deno.NetworkInterfaceInfo[] = Deno.networkInterfaces,
): Collector<NetworkSample> {
  const isWanted = nameFilter({ include: options.interfaces, exclude: options.exclude_interfaces });
  return {
    collect() {
      const problems: string[] = [];
      const addresses = readPart(problems, "addresses", listAddresses) ?? [];
      const counters = measures.interfaceCounters().filter(({ name }) => isWanted(name));
      return { sample: { interfaces: counters.map((one) => networkInterface(one, addresses)) }, problems };
    },
  };
}

export function networkInterface(
  counters: InterfaceCounters,
  allAddresses: readonly Deno.NetworkInterfaceInfo[],
): NetworkInterface {
  const { name, flags, up, mtu, bytesIn, bytesOut, bitsPerSecond, unknownProtocol } = counters;
  const own = allAddresses.filter((address) => address.name === name);
  const mac = own.find((address) => address.mac !== NO_MAC)?.mac;
  return {
    name,
    ...(bytesIn !== undefined && { receive: received(counters, bytesIn) }),
    ...(bytesOut !== undefined && { transmit: sent(counters, bytesOut) }),
    state: up ? "up" : "down",
    up,
    mtu,
    ...(bitsPerSecond !== undefined && { speedBytesPerSecond: bitsPerSecond / BITS_PER_BYTE }),
    ...(mac !== undefined && { mac }),
    addresses: own.map(({ cidr }) => cidr),
    attributes: { flags, ...(unknownProtocol !== undefined && { noproto: unknownProtocol }) },
  };
}

function received(counters: InterfaceCounters, bytes: number): NonNullable<NetworkInterface["receive"]> {
  const { packetsIn: packets, errorsIn: errors, dropsIn: dropped, multicastIn: multicast } = counters;
  return { bytes, packets, errors, dropped, multicast };
}

function sent(counters: InterfaceCounters, bytes: number): NonNullable<NetworkInterface["transmit"]> {
  const { packetsOut: packets, errorsOut: errors, dropsOut: dropped, collisions, multicastOut: multicast } = counters;
  return { bytes, packets, errors, dropped, collisions, multicast };
}
