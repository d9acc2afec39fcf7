import { lazy } from "../lazy.ts";

/**
 * System calls that Linux and macOS share, by FFI. As in the kernel's own convention, a failed call returns the
 * negative error number.
 */
export interface PosixCalls {
  /** What `tryLock` fails with when somebody else holds the lock. */
  readonly EWOULDBLOCK: number;
  /** Opens an existing file for reading and writing; children do not inherit it. */
  open(path: string): number;
  close(fd: number): void;
  /** Tries to take the exclusive lock of an open file, without waiting. */
  tryLock(fd: number): number;
  unlock(fd: number): void;
  /** The local address that a datagram socket gets when it is connected to `target`; null without a route. */
  datagramSource(family: number, target: Uint8Array<ArrayBuffer>): Uint8Array | null;
  openFileLimit(): { soft: bigint; hard: bigint } | null;
}

/** What differs between the systems. */
export interface PosixNumbers {
  readonly library: string;
  readonly errnoSymbol: string;
  readonly EWOULDBLOCK: number;
  readonly O_CLOEXEC: number;
  readonly SOCK_CLOEXEC: number;
  readonly RLIMIT_NOFILE: number;
}

const O_RDWR = 2;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const SOCK_DGRAM = 2;
/** Room for any address that this program meets; a sockaddr_in6 has 28 bytes. */
const SOCKADDR_BYTES = 128;

/** Opens the C library at the first call. The process keeps it open for good. */
export function posixCalls(numbers: PosixNumbers): PosixCalls {
  const symbols = lazy(() => openLibrary(numbers));
  const checked = (result: number) => result < 0 ? -errno(symbols().errnoLocation()) : result;
  return {
    EWOULDBLOCK: numbers.EWOULDBLOCK,
    open: (path) => checked(symbols().open(cString(path), O_RDWR | numbers.O_CLOEXEC)),
    close: (fd) => void symbols().close(fd),
    tryLock: (fd) => checked(symbols().flock(fd, LOCK_EX | LOCK_NB)),
    unlock: (fd) => void symbols().flock(fd, LOCK_UN),
    datagramSource(family, target) {
      const fd = symbols().socket(family, SOCK_DGRAM | numbers.SOCK_CLOEXEC, 0);
      if (fd < 0) return null;
      try {
        return connectedSource(symbols(), fd, target);
      } finally {
        symbols().close(fd);
      }
    },
    openFileLimit() {
      const limits = new BigUint64Array(2);
      if (symbols().getrlimit(numbers.RLIMIT_NOFILE, limits) < 0) return null;
      const [soft = 0n, hard = 0n] = limits;
      return { soft, hard };
    },
  };
}

/** A C string: UTF-8 with a final zero byte. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** Reads the number behind errno's address. */
export function errno(location: Deno.PointerValue): number {
  return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
}

function connectedSource(
  symbols: ReturnType<typeof openLibrary>,
  fd: number,
  target: Uint8Array<ArrayBuffer>,
): Uint8Array | null {
  if (symbols.connect(fd, target, target.length) !== 0) return null;
  const address = new Uint8Array(SOCKADDR_BYTES);
  const length = new Uint32Array([SOCKADDR_BYTES]);
  return symbols.getsockname(fd, address, length) === 0 ? address.subarray(0, length[0]) : null;
}

function openLibrary({ library, errnoSymbol }: PosixNumbers) {
  return Deno.dlopen(library, {
    // open is variadic in C; macOS on arm64 passes such arguments elsewhere, so it is called with the fixed two only.
    open: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    flock: { parameters: ["i32", "i32"], result: "i32" },
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    errnoLocation: { name: errnoSymbol, parameters: [], result: "pointer" },
  }).symbols;
}
