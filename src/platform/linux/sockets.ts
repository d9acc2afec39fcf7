import { lazy } from "../lazy.ts";

/** struct sockaddr_in: https://man7.org/linux/man-pages/man7/ip.7.html; sockaddr_in6: ipv6.7. The port is big-endian. */
const SOCKADDR = { bytes: 128, port: 2, ipv4: 4, ipv6: 8 } as const;
const AF_INET = 2;
const AF_INET6 = 10;
const SHUT_RDWR = 2;
const SOL_TCP = 6;
/** https://man7.org/linux/man-pages/man7/tcp.7.html; the structure is in include/uapi/linux/tcp.h. */
const TCP_INFO = 11;
const TCP_INFO_BYTES = 256;
/** Of 64 bits; since Linux 4.1. */
const TCP_INFO_RECEIVED = 128;
/** How much of it nobody has read: https://man7.org/linux/man-pages/man2/ioctl_tty.2.html */
const FIONREAD = 0x541Bn;
const EFD_CLOEXEC = 0o2000000;

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    eventfd: { parameters: ["u32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
    ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    shutdown: { parameters: ["i32", "i32"], result: "i32" },
  }).symbols
);

/** One set of buffers for all calls, each of which is over before the next begins. */
const buffers = lazy(() => {
  const address = new Uint8Array(SOCKADDR.bytes);
  const info = new Uint8Array(TCP_INFO_BYTES);
  const length = new Uint32Array(1);
  const unread = new Int32Array(1);
  return { address, info, infoView: new DataView(info.buffer), length, unread };
});

/** The other end of a connection. */
export interface Peer {
  readonly address: Uint8Array;
  readonly port: number;
}

/** What a file that is open is as a socket; the calls never wait. */
export const socketCalls = {
  /** The number that a file gets which is opened now; null when none can be. */
  lowestFree(): number | null {
    const fd = symbols().eventfd(0, EFD_CLOEXEC);
    if (fd < 0) return null;
    symbols().close(fd);
    return fd;
  },
  /** Its own port; null for what is no socket of TCP or UDP. */
  localPort(fd: number): number | null {
    return family(symbols().getsockname, fd) === null ? null : portOf(buffers().address);
  },
  /** Null for what is not connected. The bytes are overwritten by the next call. */
  peer(fd: number): Peer | null {
    const of = family(symbols().getpeername, fd);
    if (of === null) return null;
    const { address } = buffers();
    const bytes = of === AF_INET
      ? address.subarray(SOCKADDR.ipv4, SOCKADDR.ipv4 + 4)
      : address.subarray(SOCKADDR.ipv6, SOCKADDR.ipv6 + 16);
    return { address: bytes, port: portOf(address) };
  },
  /** How many bytes have come on a TCP connection and were read; null where the kernel does not tell. */
  readBytes(fd: number): number | null {
    const { info, infoView, length, unread } = buffers();
    length[0] = TCP_INFO_BYTES;
    const known = symbols().getsockopt(fd, SOL_TCP, TCP_INFO, info, length) === 0 ? length[0] ?? 0 : 0;
    if (known < TCP_INFO_RECEIVED + 8 || symbols().ioctl(fd, FIONREAD, unread) !== 0) return null;
    return Number(infoView.getBigUint64(TCP_INFO_RECEIVED, true)) - (unread[0] ?? 0);
  },
  /** Ends it both ways, as if the other side had; whoever has it open closes it then. */
  shutDown(fd: number): void {
    symbols().shutdown(fd, SHUT_RDWR);
  },
};

type NameCall = (fd: number, address: Uint8Array<ArrayBuffer>, length: Uint32Array<ArrayBuffer>) => number;

function family(call: NameCall, fd: number): number | null {
  const { address, length } = buffers();
  length[0] = SOCKADDR.bytes;
  if (call(fd, address, length) !== 0) return null;
  const found = (address[0] ?? 0) | ((address[1] ?? 0) << 8);
  return found === AF_INET || found === AF_INET6 ? found : null;
}

function portOf(address: Uint8Array): number {
  return ((address[SOCKADDR.port] ?? 0) << 8) | (address[SOCKADDR.port + 1] ?? 0);
}
