import { lazy } from "../lazy.ts";
import { errno, type PosixCalls, posixCalls } from "../posix/calls.ts";

const LIBRARY = "libc.so.6";

/** Error numbers of Linux, the same on x86-64 and arm64: include/uapi/asm-generic/errno-base.h. */
export const ERRNO = { ESRCH: 3, EWOULDBLOCK: 11 } as const;

// include/uapi/asm-generic/unistd.h; glibc wraps these only since 2.36.
const SYS_PIDFD_SEND_SIGNAL = 424n;
const SYS_PIDFD_OPEN = 434n;
const MADV_DONTNEED = 4;
/** struct timex: https://man7.org/linux/man-pages/man2/adjtimex.2.html; 208 bytes, `modes` is the first word. */
const TIMEX_BYTES = 208;

/** System calls of Linux by FFI; a failed one returns the negative error number. */
export interface LinuxCalls extends PosixCalls {
  /** A descriptor that means this very process even after its pid was given to another. */
  pidfdOpen(pid: number): number;
  pidfdSendSignal(pidfd: number, signal: number): number;
  /** Gives the pages of [start, end) back to the system; a file's pages are read again when they are next used. */
  dropPages(start: number, end: number): number;
  /** The state of the kernel's clock (TIME_OK is 0, TIME_ERROR is 5). Changes nothing, so it needs no privilege. */
  clockState(): number;
}

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    // All six arguments are passed: the kernel reads registers that a shorter call would leave as they were.
    syscall: { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" },
    madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
    adjtimex: { parameters: ["buffer"], result: "i32" },
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
  clockState: () => checked(symbols().adjtimex(new Uint8Array(TIMEX_BYTES))),
};

function syscall(number: bigint, first: bigint, second: bigint): number {
  return checked(Number(symbols().syscall(number, first, second, 0n, 0n, 0n, 0n)));
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}
