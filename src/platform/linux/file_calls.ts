import { lazy } from "../lazy.ts";
import { cString, errno } from "../posix/calls.ts";

const LIBRARY = "libc.so.6";

/** include/uapi/asm-generic/errno-base.h and errno.h; the same on x86-64 and arm64. */
export const FILE_ERRNO = {
  EINTR: 4,
  ENXIO: 6,
  ENOSPC: 28,
  ELOOP: 40,
  EDQUOT: 122,
} as const;

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
/** The one flag of these that the two processors number differently. */
const O_NOFOLLOW = { x86_64: 0o400000, aarch64: 0o100000 } as const;

/** https://man7.org/linux/man-pages/man2/fallocate.2.html */
const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
const FALLOC_FL_COLLAPSE_RANGE = 8;
const SEEK_DATA = 3;
/** https://man7.org/linux/man-pages/man2/fcntl.2.html, "Leases". */
const F_SETSIG = 10;
const F_SETLEASE = 1024;
const F_WRLCK = 1;
const F_UNLCK = 2;
/** What a broken lease is told by; by default this one is ignored, whereas the usual SIGIO would end the program. */
const SIGURG = 23;

/** Calls on open files by FFI; a failed one returns the negative error number. */
export interface FileCalls {
  /** Opens a file that is no link for reading and writing; never waits, children do not inherit it. */
  open(path: string): number;
  /** The same for a file that must be new ("exclusive"), or is made where it is not there ("shared"). */
  create(path: string, mode: number, how: "exclusive" | "shared"): number;
  close(fd: number): void;
  chown(fd: number, uid: number, gid: number): number;
  chmod(fd: number, mode: number): number;
  truncate(fd: number, size: number): number;
  pread(fd: number, into: Uint8Array<ArrayBuffer>, at: number): number;
  pwrite(fd: number, bytes: Uint8Array<ArrayBuffer>, at: number): number;
  /** The first byte from `at` on that is not in a hole; fails with ENXIO where there is none. */
  seekData(fd: number, at: number): number;
  /** Copies within the kernel, at once; how many bytes it were. */
  copyNow(from: number, at: number, to: number, toAt: number, length: number): number;
  /** The same in a thread of its own, where the error number stays: -1. */
  copy(from: number, at: number, to: number, toAt: number, length: number): Promise<number>;
  /** In a thread of its own: -1 when it fails for whatever reason. */
  punchHead(fd: number, length: number): Promise<number>;
  collapseHead(fd: number, length: number): Promise<number>;
  /** Fails unless this descriptor is the only one of its file on the whole host. Whoever opens it then waits. */
  lease(fd: number): number;
  endLease(fd: number): void;
}

/** What calls in other threads read; it must not be collected before they have returned. */
const inUse = new Set<BigInt64Array>();

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    // Variadic in C; on Linux such arguments are passed like others on both processors.
    open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
    fcntl: { parameters: ["i32", "i32", "i64"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    fchown: { parameters: ["i32", "u32", "u32"], result: "i32" },
    fchmod: { parameters: ["i32", "u32"], result: "i32" },
    ftruncate: { parameters: ["i32", "i64"], result: "i32" },
    pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
    pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
    lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
    fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32", nonblocking: true },
    sendfile: { parameters: ["i32", "i32", "buffer", "usize"], result: "isize" },
    sendfileAside: {
      name: "sendfile",
      parameters: ["i32", "i32", "buffer", "usize"],
      result: "isize",
      nonblocking: true,
    },
    copyFileRangeAside: {
      name: "copy_file_range",
      parameters: ["i32", "buffer", "i32", "buffer", "usize", "u32"],
      result: "isize",
      nonblocking: true,
    },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

export const fileCalls: FileCalls = {
  open: (path) => checked(symbols().open(cString(path), flags(O_RDWR | O_NONBLOCK), 0)),
  create: (path, mode, how) =>
    checked(
      symbols().open(cString(path), flags(O_RDWR | O_NONBLOCK | O_CREAT | (how === "exclusive" ? O_EXCL : 0)), mode),
    ),
  close: (fd) => void symbols().close(fd),
  chown: (fd, uid, gid) => checked(symbols().fchown(fd, uid, gid)),
  chmod: (fd, mode) => checked(symbols().fchmod(fd, mode)),
  truncate: (fd, size) => checked(symbols().ftruncate(fd, BigInt(size))),
  pread: (fd, into, at) => checked(Number(symbols().pread(fd, into, BigInt(into.length), BigInt(at)))),
  pwrite: (fd, bytes, at) => checked(Number(symbols().pwrite(fd, bytes, BigInt(bytes.length), BigInt(at)))),
  seekData: (fd, at) => checked(Number(symbols().lseek(fd, BigInt(at), SEEK_DATA))),
  copyNow(from, at, to, toAt, length) {
    const moved = seekTo(to, toAt);
    return moved < 0 ? moved : checked(Number(symbols().sendfile(to, from, offset(at), BigInt(length))));
  },
  copy: (from, at, to, toAt, length) => copyAside(from, at, to, toAt, length),
  punchHead: (fd, length) => symbols().fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0n, BigInt(length)),
  collapseHead: (fd, length) => symbols().fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0n, BigInt(length)),
  lease(fd) {
    const told = checked(symbols().fcntl(fd, F_SETSIG, BigInt(SIGURG)));
    return told < 0 ? told : checked(symbols().fcntl(fd, F_SETLEASE, BigInt(F_WRLCK)));
  },
  endLease: (fd) => void symbols().fcntl(fd, F_SETLEASE, BigInt(F_UNLCK)),
};

/** copy_file_range shares the blocks where the file system can; older kernels and some file systems know sendfile only. */
async function copyAside(from: number, at: number, to: number, toAt: number, length: number): Promise<number> {
  const [source, target] = [offset(at), offset(toAt)];
  inUse.add(source).add(target);
  try {
    const copied = Number(await symbols().copyFileRangeAside(from, source, to, target, BigInt(length), 0));
    if (copied > 0 || length === 0) return copied;
    source[0] = BigInt(at);
    if (seekTo(to, toAt) < 0) return -1;
    return Number(await symbols().sendfileAside(to, from, source, BigInt(length)));
  } finally {
    inUse.delete(source);
    inUse.delete(target);
  }
}

function seekTo(fd: number, at: number): number {
  return checked(Number(symbols().lseek(fd, BigInt(at), 0)));
}

function offset(at: number): BigInt64Array<ArrayBuffer> {
  return new BigInt64Array([BigInt(at)]);
}

function flags(own: number): number {
  return own | O_CLOEXEC | O_NOFOLLOW[Deno.build.arch];
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}
