/** Statistics and connections of TCP and UDP as they lie in memory, and what they say. */
import { tableRows, u32 } from "./layout.ts";

// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcpstats_lh
export const TCP_STATISTICS_BYTES = 60;
const TCP_FIELDS = {
  ActiveOpens: 16,
  PassiveOpens: 20,
  AttemptFails: 24,
  EstabResets: 28,
  CurrEstab: 32,
  InSegs: 36,
  OutSegs: 40,
  RetransSegs: 44,
  InErrs: 48,
  OutRsts: 52,
} as const;
/** In the names of the standard that Linux uses too. All but CurrEstab are counters of 32 bits. */
export type TcpStatistics = Readonly<Partial<Record<keyof typeof TCP_FIELDS, number>>>;

// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udpstats
export const UDP_STATISTICS_BYTES = 20;
const UDP_FIELDS = { InDatagrams: 0, NoPorts: 4, InErrors: 8, OutDatagrams: 12 } as const;
export type UdpStatistics = Readonly<Partial<Record<keyof typeof UDP_FIELDS, number>>>;

// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_owner_pid
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row_owner_pid
const TCP_ROWS = { ipv4: { bytes: 24, state: 0 }, ipv6: { bytes: 56, state: 48 } } as const;
const TCP_HEAD_BYTES = 4;
/** From 1, in the words that Linux uses; DELETE_TCB, the last one, is closed but not yet forgotten. */
const TCP_STATES = [
  "close",
  "listen",
  "syn_sent",
  "syn_recv",
  "established",
  "fin_wait1",
  "fin_wait2",
  "close_wait",
  "closing",
  "last_ack",
  "time_wait",
  "delete_tcb",
] as const;
export type TcpState = typeof TCP_STATES[number];
export type AddressFamily = keyof typeof TCP_ROWS;

export function parseTcpStatistics(view: DataView): TcpStatistics {
  return named(view, TCP_FIELDS);
}

export function parseUdpStatistics(view: DataView): UdpStatistics {
  return named(view, UDP_FIELDS);
}

function named<Names extends string>(
  view: DataView,
  fields: Readonly<Record<Names, number>>,
): Partial<Record<Names, number>> {
  const found: Partial<Record<Names, number>> = {};
  for (const name in fields) {
    const value = u32(view, fields[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

export function parseTcpStates(view: DataView, family: AddressFamily): Partial<Record<TcpState, number>> {
  const row = TCP_ROWS[family];
  const found: Partial<Record<TcpState, number>> = {};
  for (const at of tableRows(view, TCP_HEAD_BYTES, row.bytes)) {
    const state = TCP_STATES[(u32(view, at + row.state) ?? 0) - 1];
    if (state !== undefined) found[state] = (found[state] ?? 0) + 1;
  }
  return found;
}
