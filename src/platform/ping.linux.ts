import type { PingResult } from "./halves.ts";
import { type PingErrors, pingOnce } from "./ping.posix.ts";
import { icmpSockets } from "./posix/icmp_socket.ts";

// include/uapi/asm-generic/errno.h and errno-base.h
const ERRORS: PingErrors = {
  EAGAIN: 11,
  notPermitted: [1, 13], // EPERM, EACCES
  words: new Map([
    [97, "this host has no such kind of address"], // EAFNOSUPPORT
    [93, "this host has no ICMP"], // EPROTONOSUPPORT
    [99, "this host has no address to ask from"], // EADDRNOTAVAIL
    [101, "network unreachable"],
    [111, "refused"],
    [112, "host is down"],
    [113, "no route to host"],
  ]),
  advice:
    "not permitted: net.ipv4.ping_group_range leaves this user's groups out, and it needs CAP_NET_RAW to do without",
};

const openSocket = icmpSockets({
  library: "libc.so.6",
  errnoSymbol: "__errno_location",
  SOCK_CLOEXEC: 0o2000000,
  MSG_DONTWAIT: 0x40,
  errorOptions: { IPv4: [0, 11], IPv6: [41, 25] }, // IP_RECVERR, IPV6_RECVERR
});

export function pingFromLinux(address: string, signal: AbortSignal): Promise<PingResult> {
  return pingOnce(address, signal, { os: "linux", open: openSocket, errors: ERRORS });
}
