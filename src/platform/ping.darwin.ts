import { LIBRARY } from "./darwin/library.ts";
import type { PingResult } from "./halves.ts";
import { type PingErrors, pingOnce } from "./ping.posix.ts";
import { icmpSockets } from "./posix/icmp_socket.ts";

// <sys/errno.h>: https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/errno.h
const ERRORS: PingErrors = {
  EAGAIN: 35,
  notPermitted: [1, 13], // EPERM, EACCES
  words: new Map([
    [43, "this host has no ICMP"], // EPROTONOSUPPORT
    [47, "this host has no such kind of address"], // EAFNOSUPPORT
    [49, "this host has no address to ask from"], // EADDRNOTAVAIL
    [51, "network unreachable"],
    [61, "refused"],
    [64, "host is down"],
    [65, "no route to host"],
  ]),
  advice: "not permitted: it needs root",
};

/** Everybody may ask on macOS. Not exercised where this program is built; only its shape is checked there. */
const openSocket = icmpSockets({ library: LIBRARY, errnoSymbol: "__error", SOCK_CLOEXEC: 0, MSG_DONTWAIT: 0x80 });

export function pingFromDarwin(address: string, signal: AbortSignal): Promise<PingResult> {
  return pingOnce(address, signal, { os: "darwin", open: openSocket, errors: ERRORS });
}
