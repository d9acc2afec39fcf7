import { lazy } from "../../lazy.ts";
import {
  ADDRESS_ROW,
  AF_INET,
  AF_INET6,
  INTERFACE_ROW,
  type InterfaceRow,
  parseAddressTable,
  parseInterfaceTable,
  TABLE_HEAD_BYTES,
  type UnicastAddress,
} from "./iphlpapi_interfaces.ts";
import {
  type AddressFamily,
  parseTcpStates,
  parseTcpStatistics,
  parseUdpStatistics,
  TCP_STATISTICS_BYTES,
  type TcpState,
  type TcpStatistics,
  UDP_STATISTICS_BYTES,
  type UdpStatistics,
} from "./iphlpapi_transport.ts";
import { viewOf } from "./layout.ts";
import { checkCode, openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/api/iprtrmib/ne-iprtrmib-tcp_table_class
const TCP_TABLE_OWNER_PID_ALL = 5;
// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const ERROR_INSUFFICIENT_BUFFER = 122;
const UNORDERED = 0;
/** A table with more is none. */
const MAX_ROWS = 65_536;
const FIRST_TABLE_BYTES = 16 * 1024;
const SPARE_BYTES = 8 * 1024;
const MAX_TRIES = 5;

const FAMILIES: Readonly<Record<AddressFamily, number>> = { ipv4: AF_INET, ipv6: AF_INET6 };

const symbols = lazy(() =>
  openLibrary("iphlpapi.dll", {
    FreeMibTable: { parameters: ["pointer"], result: "void" },
    GetExtendedTcpTable: { parameters: ["buffer", "buffer", "i32", "u32", "i32", "u32"], result: "u32" },
    GetIfTable2: { parameters: ["buffer"], result: "u32" },
    GetTcpStatisticsEx: { parameters: ["buffer", "u32"], result: "u32" },
    GetUdpStatisticsEx: { parameters: ["buffer", "u32"], result: "u32" },
    GetUnicastIpAddressTable: { parameters: ["u16", "buffer"], result: "u32" },
  })
);

/** Every interface that Windows knows, filters and pseudo interfaces included. */
export function interfaceRows(): InterfaceRow[] {
  const table = new BigUint64Array(1);
  checkCode("list the network interfaces", symbols().GetIfTable2(table));
  return withTable(table, INTERFACE_ROW.bytes, parseInterfaceTable);
}

export function unicastAddresses(): UnicastAddress[] {
  const table = new BigUint64Array(1);
  const anyFamily = 0;
  checkCode("list the network addresses", symbols().GetUnicastIpAddressTable(anyFamily, table));
  return withTable(table, ADDRESS_ROW.bytes, parseAddressTable);
}

export function tcpStatistics(family: AddressFamily): TcpStatistics {
  const bytes = new Uint8Array(TCP_STATISTICS_BYTES);
  checkCode(`read the statistics of TCP over ${family}`, symbols().GetTcpStatisticsEx(bytes, FAMILIES[family]));
  return parseTcpStatistics(viewOf(bytes));
}

export function udpStatistics(family: AddressFamily): UdpStatistics {
  const bytes = new Uint8Array(UDP_STATISTICS_BYTES);
  checkCode(`read the statistics of UDP over ${family}`, symbols().GetUdpStatisticsEx(bytes, FAMILIES[family]));
  return parseUdpStatistics(viewOf(bytes));
}

/** One buffer for all readings. */
const connections = lazy(() => ({ buffer: new Uint8Array(FIRST_TABLE_BYTES) }));

/** How many connections and listeners are in each state. */
export function tcpStates(family: AddressFamily): Partial<Record<TcpState, number>> {
  const answer = connections();
  const length = new Uint32Array(1);
  for (let tries = 1;; tries++) {
    length[0] = answer.buffer.length;
    const code = symbols().GetExtendedTcpTable(
      answer.buffer,
      length,
      UNORDERED,
      FAMILIES[family],
      TCP_TABLE_OWNER_PID_ALL,
      0,
    );
    if (code !== ERROR_INSUFFICIENT_BUFFER || tries === MAX_TRIES) {
      checkCode(`list the connections of TCP over ${family}`, code);
      return parseTcpStates(viewOf(answer.buffer, length[0]), family);
    }
    answer.buffer = new Uint8Array(length[0] + SPARE_BYTES);
  }
}

/** Reads a table that Windows allocated, and gives it back. */
function withTable<T>(table: BigUint64Array, rowBytes: number, parse: (view: DataView) => T): T {
  const pointer = Deno.UnsafePointer.create(table[0] ?? 0n);
  if (pointer === null) return parse(new DataView(new ArrayBuffer(0)));
  try {
    const rows = Math.min(MAX_ROWS, new Deno.UnsafePointerView(pointer).getUint32());
    return parse(new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, TABLE_HEAD_BYTES + rows * rowBytes)));
  } finally {
    symbols().FreeMibTable(pointer);
  }
}
