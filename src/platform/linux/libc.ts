import { lazy } from "../lazy.ts";
import { cString, errno, type PosixCalls, posixCalls } from "../posix/calls.ts";

const LIBRARY = "libc.so.6";

/** Error numbers of Linux, the same on x86-64 and arm64: include/uapi/asm-generic/errno-base.h. */
export const ERRNO = { ESRCH: 3, EWOULDBLOCK: 11, ENOBUFS: 105 } as const;

// include/uapi/asm-generic/unistd.h; glibc wraps these only since 2.36.
const SYS_PIDFD_SEND_SIGNAL = 424n;
const SYS_PIDFD_OPEN = 434n;
const MADV_DONTNEED = 4;
/** https://man7.org/linux/man-pages/man3/mallopt.3.html */
const M_ARENA_MAX = -8;
const AF_NETLINK = 16;
// SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, the same on x86-64 and arm64.
const RAW_SOCKET = 3 | 0o4000 | 0o2000000;
/** struct sockaddr_nl: family, padding, port, groups. https://man7.org/linux/man-pages/man7/netlink.7.html */
const SOCKADDR_NL_BYTES = 12;
const SOCKADDR_NL_GROUPS = 8;
/** struct timex: https://man7.org/linux/man-pages/man2/adjtimex.2.html; 208 bytes, `modes` is the first word. */
const TIMEX_BYTES = 208;
/** Where its fields are; all but `status` and `tai` are of 64 bits. */
const TIMEX = {
  offset: 8,
  frequency: 16,
  maxError: 24,
  estimatedError: 32,
  status: 40,
  constant: 48,
  tick: 88,
  ppsFrequency: 96,
  ppsJitter: 104,
  ppsShift: 112,
  ppsStability: 120,
  ppsJitterExceeded: 128,
  ppsCalibrations: 136,
  ppsErrors: 144,
  ppsStabilityExceeded: 152,
  tai: 160,
} as const;
const INT32_FIELDS: ReadonlySet<string> = new Set(["status", "ppsShift", "tai"]);

/** What the kernel keeps of its clock, in the units of struct timex, and the state of the clock. */
export type Timex = Readonly<Record<keyof typeof TIMEX | "state", number>>;

/** System calls of Linux by FFI; a failed one returns the negative error number. */
export interface LinuxCalls extends PosixCalls {
  /** A descriptor that means this very process even after its pid was given to another. */
  pidfdOpen(pid: number): number;
  pidfdSendSignal(pidfd: number, signal: number): number;
  /** Gives the pages of [start, end) back to the system; a file's pages are read again when they are next used. */
  dropPages(start: number, end: number): number;
  /** Lets all threads take their memory from one place. Each of its own would keep what it ever needed at once. */
  shareOneArena(): void;
  /** Gives memory that was freed, and that malloc keeps for the next request, back to the system. */
  releaseFreeMemory(): void;
  /** The state of the kernel's clock (TIME_OK is 0, TIME_ERROR is 5). Changes nothing, so it needs no privilege. */
  clockState(): number;
  /** All that the kernel keeps of its clock; the negative error number when it does not tell. Likewise changes nothing. */
  clock(): Timex | number;
  /** A socket to the kernel that never keeps its reader waiting; it hears of these groups of events. */
  netlinkSocket(protocol: number, groups: number): number;
  send(fd: number, bytes: Uint8Array<ArrayBuffer>): number;
  /** How many bytes of one message are now in the buffer; a failure when there is none. */
  receive(fd: number, buffer: Uint8Array<ArrayBuffer>): number;
  /** Fills a struct statfs, in a thread of its own however long that takes. The error number stays in that thread: -1. */
  statfs(path: string, answer: Uint8Array<ArrayBuffer>): Promise<number>;
}

/** What calls in other threads read and write; it must not be collected before they have returned, if they ever do. */
const inUse = new Set<Uint8Array<ArrayBuffer>>();

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    // All six arguments are passed: the kernel reads registers that a shorter call would leave as they were.
    syscall: { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" },
    madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
    mallopt: { parameters: ["i32", "i32"], result: "i32" },
    malloc_trim: { parameters: ["usize"], result: "i32" },
    adjtimex: { parameters: ["buffer"], result: "i32" },
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    statfs: { parameters: ["buffer", "buffer"], result: "i32", nonblocking: true },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

export const libc: LinuxCalls = {
  ...posixCalls({
    library: LIBRARY,
    errnoSymbol: "__errno_location",
    EWOULDBLOCK: ERRNO.EWOULDBLOCK,
    O_CLOEXEC: 0o2000000,
    SOCK_CLOEXEC: 0o2000000,
    RLIMIT_NOFILE: 7,
  }),
  pidfdOpen: (pid) => syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n),
  pidfdSendSignal: (pidfd, signal) => syscall(SYS_PIDFD_SEND_SIGNAL, BigInt(pidfd), BigInt(signal)),
  dropPages: (start, end) => checked(symbols().madvise(BigInt(start), BigInt(end - start), MADV_DONTNEED)),
  shareOneArena: () => void symbols().mallopt(M_ARENA_MAX, 1),
  releaseFreeMemory: () => void symbols().malloc_trim(0n),
  clockState: () => checked(symbols().adjtimex(new Uint8Array(TIMEX_BYTES))),
  async statfs(path, answer) {
    const name = cString(path);
    inUse.add(name).add(answer);
    try {
      return await symbols().statfs(name, answer);
    } finally {
      inUse.delete(name);
      inUse.delete(answer);
    }
  },
  clock() {
    const timex = new Uint8Array(TIMEX_BYTES);
    const state = checked(symbols().adjtimex(timex));
    return state < 0 ? state : readTimex(new DataView(timex.buffer), state);
  },
  netlinkSocket(protocol, groups) {
    const fd = checked(symbols().socket(AF_NETLINK, RAW_SOCKET, protocol));
    if (fd < 0) return fd;
    const address = new Uint8Array(SOCKADDR_NL_BYTES);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(SOCKADDR_NL_GROUPS, groups, true);
    const bound = checked(symbols().bind(fd, address, address.length));
    if (bound < 0) libc.close(fd);
    return bound < 0 ? bound : fd;
  },
  send: (fd, bytes) => checked(Number(symbols().send(fd, bytes, BigInt(bytes.length), 0))),
  receive: (fd, buffer) => checked(Number(symbols().recv(fd, buffer, BigInt(buffer.length), 0))),
};

function readTimex(view: DataView, state: number): Timex {
  const fields = Object.entries(TIMEX).map(([name, at]) => {
    return [name, INT32_FIELDS.has(name) ? view.getInt32(at, true) : Number(view.getBigInt64(at, true))];
  });
  return { ...Object.fromEntries(fields), state };
}

function syscall(number: bigint, first: bigint, second: bigint): number {
  return checked(Number(symbols().syscall(number, first, second, 0n, 0n, 0n, 0n)));
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}
