/** The tables of interfaces and of their addresses as they lie in memory, and what they say. */
import { ipText } from "../../ip_text.ts";
import { definedOnly, tableRows, u16, u32, u64, u8, wideText } from "./layout.ts";

/** The number of rows, and what aligns them: MIB_IF_TABLE2 and MIB_UNICASTIPADDRESS_TABLE. */
export const TABLE_HEAD_BYTES = 8;

// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_if_row2
export const INTERFACE_ROW = {
  bytes: 1352,
  index: 8,
  alias: 28,
  description: 542,
  macLength: 1056,
  mac: 1060,
  mtu: 1124,
  type: 1128,
  flags: 1152,
  operational: 1156,
  transmitBits: 1192,
  receiveBits: 1200,
  inBytes: 1208,
  inUnicast: 1216,
  inOther: 1224,
  inDiscarded: 1232,
  inErrors: 1240,
  inUnknown: 1248,
  outBytes: 1280,
  outUnicast: 1288,
  outOther: 1296,
  outDiscarded: 1304,
  outErrors: 1312,
  outQueue: 1344,
} as const;
const NAME_UNITS = 257;
const MAX_MAC_BYTES = 32;
const HARDWARE = 1;
const FILTER = 2;
// https://learn.microsoft.com/windows/win32/api/iptypes/ns-iptypes-ip_adapter_addresses_lh
const LOOPBACK = 24;
// https://learn.microsoft.com/windows/win32/api/ifdef/ne-ifdef-if_oper_status
const OPERATIONAL = ["", "up", "down", "testing", "unknown", "dormant", "not_present", "lower_layer_down"] as const;
const BITS_PER_BYTE = 8;

export interface InterfaceCounters {
  readonly bytes: number;
  readonly packets?: number;
  readonly errors?: number;
  readonly discarded?: number;
}

export interface InterfaceRow {
  readonly index: number;
  /** What people call it and can change: "Ethernet". */
  readonly alias: string;
  /** What the driver calls it: "Intel(R) Ethernet Connection". */
  readonly description: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly loopback: boolean;
  readonly hardware: boolean;
  /** A filter of another one, whose packets it counts again. */
  readonly filter: boolean;
  readonly state?: string;
  readonly speedBytesPerSecond?: number;
  readonly receive?: InterfaceCounters;
  readonly transmit?: InterfaceCounters;
  /** Packets of protocols that nobody here knows. */
  readonly unknownProtocols?: number;
  readonly outputQueue?: number;
}

// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_unicastipaddress_row
export const ADDRESS_ROW = { bytes: 80, family: 0, v4: 4, v6: 8, index: 40, prefix: 60 } as const;
// https://learn.microsoft.com/windows/win32/api/ws2def/ns-ws2def-sockaddr
export const AF_INET = 2;
export const AF_INET6 = 23;
const V4_BYTES = 4;
const V6_BYTES = 16;

export interface UnicastAddress {
  readonly index: number;
  /** With the length of its prefix: 192.0.2.5/24. */
  readonly address: string;
}

export function parseInterfaceTable(view: DataView): InterfaceRow[] {
  return Array.from(tableRows(view, TABLE_HEAD_BYTES, INTERFACE_ROW.bytes), (at) => parseInterface(view, at));
}

function parseInterface(view: DataView, at: number): InterfaceRow {
  const flags = u8(view, at + INTERFACE_ROW.flags) ?? 0;
  return definedOnly({
    index: u32(view, at + INTERFACE_ROW.index) ?? 0,
    alias: wideText(view, at + INTERFACE_ROW.alias, NAME_UNITS),
    description: wideText(view, at + INTERFACE_ROW.description, NAME_UNITS),
    mac: macOf(view, at),
    mtu: mtuOf(view, at),
    loopback: u32(view, at + INTERFACE_ROW.type) === LOOPBACK,
    hardware: (flags & HARDWARE) !== 0,
    filter: (flags & FILTER) !== 0,
    state: OPERATIONAL[u32(view, at + INTERFACE_ROW.operational) ?? 0] || undefined,
    speedBytesPerSecond: speedOf(view, at),
    receive: countersOf(view, at, "in"),
    transmit: countersOf(view, at, "out"),
    unknownProtocols: u64(view, at + INTERFACE_ROW.inUnknown),
    outputQueue: u64(view, at + INTERFACE_ROW.outQueue),
  });
}

function countersOf(view: DataView, at: number, direction: "in" | "out"): InterfaceCounters | undefined {
  const bytes = u64(view, at + INTERFACE_ROW[`${direction}Bytes`]);
  if (bytes === undefined) return undefined;
  const unicast = u64(view, at + INTERFACE_ROW[`${direction}Unicast`]);
  const other = u64(view, at + INTERFACE_ROW[`${direction}Other`]);
  return definedOnly({
    bytes,
    packets: unicast === undefined || other === undefined ? undefined : unicast + other,
    errors: u64(view, at + INTERFACE_ROW[`${direction}Errors`]),
    discarded: u64(view, at + INTERFACE_ROW[`${direction}Discarded`]),
  });
}

function macOf(view: DataView, at: number): string | undefined {
  const length = Math.min(MAX_MAC_BYTES, u32(view, at + INTERFACE_ROW.macLength) ?? 0);
  const bytes = Array.from({ length }, (_, i) => u8(view, at + INTERFACE_ROW.mac + i) ?? 0);
  if (bytes.every((byte) => byte === 0)) return undefined;
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** -1 is how an interface says that it has no limit. */
function mtuOf(view: DataView, at: number): number | undefined {
  const mtu = u32(view, at + INTERFACE_ROW.mtu);
  return mtu === undefined || mtu === 0 || mtu === 0xffff_ffff ? undefined : mtu;
}

/** Unknown is 0, or -1, which u64 gives as absent. */
function speedOf(view: DataView, at: number): number | undefined {
  const bits = u64(view, at + INTERFACE_ROW.transmitBits) || u64(view, at + INTERFACE_ROW.receiveBits);
  return bits ? bits / BITS_PER_BYTE : undefined;
}

export function parseAddressTable(view: DataView): UnicastAddress[] {
  const found: UnicastAddress[] = [];
  for (const at of tableRows(view, TABLE_HEAD_BYTES, ADDRESS_ROW.bytes)) {
    const text = addressText(view, at);
    if (text === null) continue;
    const [prefix, longest] = [u8(view, at + ADDRESS_ROW.prefix) ?? 0xff, text.includes(":") ? 128 : 32];
    const address = prefix <= longest ? `${text}/${prefix}` : text;
    found.push({ index: u32(view, at + ADDRESS_ROW.index) ?? 0, address });
  }
  return found;
}

function addressText(view: DataView, at: number): string | null {
  const family = u16(view, at + ADDRESS_ROW.family);
  if (family === AF_INET) return ipText(bytesOf(view, at + ADDRESS_ROW.v4, V4_BYTES));
  return family === AF_INET6 ? ipText(bytesOf(view, at + ADDRESS_ROW.v6, V6_BYTES)) : null;
}

function bytesOf(view: DataView, offset: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
