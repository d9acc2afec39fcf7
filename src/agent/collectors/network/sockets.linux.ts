import { count, forEachLine } from "../reading/counts.ts";

/** Sockets by protocol, from /proc/net/sockstat and sockstat6. Memory is counted in pages, and wanted in bytes too. */
export function addSockstat(text: string, pageBytes: number, into: Record<string, Record<string, number>>): void {
  forEachLine(text, (start, end) => {
    const colon = text.indexOf(":", start);
    if (colon <= start || colon >= end) return;
    const protocol = text.slice(start, colon);
    if (!/^\w+$/.test(protocol)) return;
    const words = text.slice(colon + 1, end).trim().split(" ");
    const values: Record<string, number> = {};
    for (let at = 0; at + 1 < words.length; at += 2) {
      const [name = "", value] = [words[at], count(words[at + 1] ?? "")];
      if (value === undefined || !/^[a-z_]+$/.test(name)) continue;
      values[name] = value;
      if (name === "mem") values["mem_bytes"] = value * pageBytes;
    }
    if (Object.keys(values).length > 0) into[protocol] = values;
  });
}

/** Bytes that wait in the queues of sockets. */
export interface Queues {
  sendBytes: number;
  receiveBytes: number;
}

/** Adds up the queues in the lines of /proc/net/udp: `sl local remote st tx:rx …`, in hexadecimal. */
export function queueReader(queues: Queues): (line: string) => void {
  return (line) => {
    const [, send, receive] = /^\s*\d+: \S+ \S+ \S+ ([\dA-F]{8}):([\dA-F]{8})/.exec(line) ?? [];
    if (send === undefined || receive === undefined) return;
    queues.sendBytes += parseInt(send, 16);
    queues.receiveBytes += parseInt(receive, 16);
  };
}

/** The states of TCP by their numbers, which the kernel gives away: include/net/tcp_states.h. */
const TCP_STATES: readonly string[] = [
  "",
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
  "syn_recv", // a request that is not a socket yet, which only some kernels tell apart
];
export const ESTABLISHED = 1;
export const TIME_WAIT = 6;
export const ALL_TCP_STATES: readonly number[] = TCP_STATES.flatMap((name, state) => name === "" ? [] : [state]);

export function tcpStatesByName(counts: readonly number[]): Record<string, number> {
  const byName: Record<string, number> = {};
  TCP_STATES.forEach((name, state) => {
    if (name !== "") byName[name] = (byName[name] ?? 0) + (counts[state] ?? 0);
  });
  return byName;
}

/** Counts the lines of /proc/net/tcp by their state. */
export function stateReader(counts: number[]): (line: string) => void {
  return (line) => {
    const [, hex] = /^\s*\d+: \S+ \S+ ([\dA-F]{2}) /.exec(line) ?? [];
    if (hex === undefined) return;
    const state = parseInt(hex, 16);
    counts[state] = (counts[state] ?? 0) + 1;
  };
}
