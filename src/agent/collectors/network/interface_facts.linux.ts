import type { NetworkInterface } from "../../../protocol/mod.ts";
import { count } from "../reading/counts.ts";

/** What /sys/class/net/<interface> tells of it, which seldom changes. */
export interface InterfaceFacts {
  readonly index?: number | undefined;
  readonly state?: string | undefined;
  readonly up?: boolean | undefined;
  readonly speedBytesPerSecond?: number | undefined;
  readonly duplex?: string | undefined;
  readonly mtu?: number | undefined;
  readonly mac?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly description?: string | undefined;
  readonly attributes?: NonNullable<NetworkInterface["attributes"]> | undefined;
  /** The one counter that /proc/net/dev lacks. */
  readonly nohandler?: number | undefined;
}

/** The file of each attribute, under the name that node_exporter gives it. */
const ATTRIBUTES: readonly (readonly [name: string, file: string])[] = [
  ["address_assign_type", "addr_assign_type"],
  ["carrier", "carrier"],
  ["carrier_changes", "carrier_changes"],
  ["carrier_down_changes", "carrier_down_count"],
  ["carrier_up_changes", "carrier_up_count"],
  ["device_id", "dev_id"],
  ["dormant", "dormant"],
  ["flags", "flags"],
  ["iface_link", "iflink"],
  ["iface_link_mode", "link_mode"],
  ["name_assign_type", "name_assign_type"],
  ["net_dev_group", "netdev_group"],
  ["protocol_type", "type"],
  ["transmit_queue_length", "tx_queue_len"],
];

const IFF_UP = 0x1;
const BYTES_PER_MEGABIT = 125_000;
/** What drivers say when they do not know; an unknown speed is -1 in newer kernels, and no number at all to us. */
const UNKNOWN_MEGABITS: ReadonlySet<number> = new Set([0, 2 ** 16 - 1, 2 ** 32 - 1]);

/** https://docs.kernel.org/admin-guide/abi-testing.html, sysfs-class-net; `read` gives null for a file without value. */
export function interfaceFacts(read: (file: string) => string | null): InterfaceFacts {
  const attributes: Record<string, number> = {};
  for (const [name, file] of ATTRIBUTES) {
    const value = wholeNumber(read(file));
    if (value !== undefined) attributes[name] = value;
  }
  const state = read("operstate") ?? undefined;
  return {
    index: wholeNumber(read("ifindex")),
    state,
    up: isUp(state, attributes["flags"]),
    speedBytesPerSecond: speed(read("speed")),
    duplex: read("duplex") ?? undefined,
    mtu: wholeNumber(read("mtu")),
    mac: read("address") ?? undefined,
    broadcast: read("broadcast") ?? undefined,
    description: read("ifalias") ?? undefined,
    attributes: Object.keys(attributes).length === 0 ? undefined : attributes,
    nohandler: wholeNumber(read("statistics/rx_nohandler")),
  };
}

/** Tunnels and loopback have no carrier to watch: their state stays "unknown", and they work when switched on. */
function isUp(state: string | undefined, flags: number | undefined): boolean | undefined {
  if (state === undefined) return undefined;
  return state === "up" || (state === "unknown" && flags !== undefined && (flags & IFF_UP) !== 0);
}

function speed(text: string | null): number | undefined {
  const megabits = wholeNumber(text);
  return megabits === undefined || UNKNOWN_MEGABITS.has(megabits) ? undefined : megabits * BYTES_PER_MEGABIT;
}

/** Decimal, or hexadecimal after `0x`. */
function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined;
  return /^0x[\da-f]{1,13}$/i.test(text) ? Number(text) : count(text);
}
