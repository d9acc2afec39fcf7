import { lazy } from "../lazy.ts";
import { errno } from "./calls.ts";

/** What differs between the systems. */
export interface IcmpNumbers {
  readonly library: string;
  readonly errnoSymbol: string;
  readonly SOCK_CLOEXEC: number;
  /** A call returns at once, whatever there is. */
  readonly MSG_DONTWAIT: number;
  /** Options [level, name] of IPv4 and IPv6 for hearing of unreachable hosts on any kind of socket; absent where none is needed. */
  readonly errorOptions?: { readonly IPv4: readonly [number, number]; readonly IPv6: readonly [number, number] };
}

/** A connected socket for echo requests; a failed call returns the negative error number. */
export interface IcmpSocket {
  send(packet: Uint8Array<ArrayBuffer>): number;
  /** The bytes of one packet that has come. */
  receive(into: Uint8Array<ArrayBuffer>): number;
  /** Waits until there is something to receive, at most so long; true then. Nothing else is kept waiting. */
  wait(ms: number): Promise<boolean>;
  close(): void;
}

export interface IcmpTarget {
  readonly ip: "IPv4" | "IPv6";
  /** The number of the address family. */
  readonly family: number;
  readonly address: Uint8Array<ArrayBuffer>;
}

/** `ping` is for everybody whom the system permits it, `raw` for root. */
export type IcmpSocketKind = "ping" | "raw";

export type OpenIcmpSocket = (target: IcmpTarget, kind: IcmpSocketKind) => IcmpSocket | number;

const SOCKET_TYPES: Readonly<Record<IcmpSocketKind, number>> = { ping: 2, raw: 3 }; // SOCK_DGRAM, SOCK_RAW
const PROTOCOLS = { IPv4: 1, IPv6: 58 } as const;
const POLLIN = 1;
/** struct pollfd: fd 4, events 2, revents 2. */
const POLLFD_BYTES = 8;

/** Opens the C library at the first call. */
export function icmpSockets(numbers: IcmpNumbers): OpenIcmpSocket {
  const symbols = lazy(() => openLibrary(numbers));
  return (target, kind) => {
    const calls = symbols();
    const checked = (result: number) => result < 0 ? -errno(calls.errnoLocation()) : result;
    const type = SOCKET_TYPES[kind] | numbers.SOCK_CLOEXEC;
    const fd = checked(calls.socket(target.family, type, PROTOCOLS[target.ip]));
    if (fd < 0) return fd;
    const option = numbers.errorOptions?.[target.ip];
    if (option !== undefined) calls.setsockopt(fd, ...option, new Int32Array([1]), 4);
    const connected = checked(calls.connect(fd, target.address, target.address.length));
    if (connected < 0) {
      calls.close(fd);
      return connected;
    }
    return {
      send: (packet) => checked(Number(calls.send(fd, packet, BigInt(packet.length), numbers.MSG_DONTWAIT))),
      receive: (into) => checked(Number(calls.recv(fd, into, BigInt(into.length), numbers.MSG_DONTWAIT))),
      wait: (ms) => waitFor(calls, fd, ms),
      close: () => void calls.close(fd),
    };
  };
}

/** A wait that fails was interrupted, and has met nothing. */
async function waitFor(calls: ReturnType<typeof openLibrary>, fd: number, ms: number): Promise<boolean> {
  const request = new Uint8Array(POLLFD_BYTES);
  const view = new DataView(request.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLIN, true);
  const count = await calls.poll(request, 1n, Math.ceil(ms));
  return count > 0 && view.getInt16(6, true) !== 0; // which also keeps the bytes where they are until then
}

function openLibrary({ library, errnoSymbol }: IcmpNumbers) {
  return Deno.dlopen(library, {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
    close: { parameters: ["i32"], result: "i32" },
    errnoLocation: { name: errnoSymbol, parameters: [], result: "pointer" },
  }).symbols;
}
