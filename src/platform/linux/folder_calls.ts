/** Calls on folders that are held open, by FFI: the file systems that they go to may take long to answer, or for ever. */
import { lazy } from "../lazy.ts";
import { errno } from "../posix/calls.ts";
import { CallSlots } from "./call_slots.ts";
import { STAT_BYTES } from "./folder_structs.ts";
import { bytesOf } from "./raw_names.ts";

const LIBRARY = "libc.so.6";

/** include/uapi/asm-generic/errno-base.h and errno.h; the same on x86-64 and arm64. */
export const FOLDER_ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EAGAIN: 11,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EINVAL: 22,
  ENOSYS: 38,
  ELOOP: 40,
  ENOTSUP: 95,
} as const;

/** include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl */
const CALLS = {
  x86_64: { newfstatat: 262n, getdents64: 217n, renameat2: 316n, openat2: 437n },
  aarch64: { newfstatat: 79n, getdents64: 61n, renameat2: 276n, openat2: 437n },
} as const;

const O_RDONLY = 0;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
/** The flags of these that the two processors number differently. */
const O_DIRECTORY = { x86_64: 0o200000, aarch64: 0o40000 } as const;
const O_NOFOLLOW = { x86_64: 0o400000, aarch64: 0o100000 } as const;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
/** https://man7.org/linux/man-pages/man2/openat2.2.html: struct open_how is flags, mode, resolve, of 64 bits each. */
const OPEN_HOW_BYTES = 24n;
const RESOLVE_NO_XDEV = 1n;
const RESOLVE_NO_MAGICLINKS = 2n;
const RESOLVE_NO_SYMLINKS = 4n;
const RESOLVE_BENEATH = 8n;
const RENAME_NOREPLACE = 1n;
/** https://man7.org/linux/man-pages/man2/statfs.2.html: f_type is its first word. */
const STATFS_BYTES = 120;
const PATH_MAX = 4096;

/** A call that fails gives the negative error number. Descriptors of `place` mean a folder or file and read nothing. */
export interface FolderCalls {
  /** A root, wherever its path leads. */
  openRoot(path: string): Promise<number>;
  /** A folder below, by a path whose links do not lead out; the kernel sees to that, from 5.6 on. */
  openBeneath(fd: number, path: string): Promise<number>;
  /** Whatever has that name, a link itself included. */
  openPlace(fd: number, name: string): Promise<number>;
  /** A folder of that name, no link. */
  openFolder(fd: number, name: string): Promise<number>;
  /** The same, not on another mount than this one; the kernel sees to that, from 5.6 on. */
  openFolderHere(fd: number, name: string): Promise<number>;
  /** The same folder again, to be read. */
  openToRead(fd: number): Promise<number>;
  createFile(fd: number, name: string, mode: number): Promise<number>;
  close(fd: number): void;
  /** Fills a struct stat; `""` is what the descriptor means. */
  stat(fd: number, name: string, into: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Fills in entries of a folder that was opened to be read; 0 at the end. */
  entries(fd: number, into: Uint8Array<ArrayBuffer>): Promise<number>;
  /** The bytes of a link's target; `""` is what the descriptor means. */
  readLink(fd: number, name: string): Promise<Uint8Array<ArrayBuffer> | number>;
  makeFolder(fd: number, name: string, mode: number): Promise<number>;
  unlink(fd: number, name: string): Promise<number>;
  removeFolder(fd: number, name: string): Promise<number>;
  rename(fd: number, name: string, toFd: number, toName: string): Promise<number>;
  /** Fails where the new name is taken; EINVAL or ENOSYS where the file system or kernel cannot do that in one step. */
  renameNew(fd: number, name: string, toFd: number, toName: string): Promise<number>;
  /** Gives a file one more name; fails where that is taken. */
  link(fd: number, name: string, toFd: number, toName: string): Promise<number>;
  /** By a path that means one file for good, such as /proc/self/fd/7. */
  chmod(path: string, mode: number): Promise<number>;
  /** Of what the descriptor means. */
  chown(fd: number, uid: number, gid: number): Promise<number>;
  fsync(fd: number): Promise<number>;
  /** The magic number of the file system. */
  fileSystemType(fd: number): Promise<number>;
}

const AT = ["i32", "buffer"] as const;
const ASIDE = { nonblocking: true } as const;
const OPENAT = { name: "openat", parameters: [...AT, "i32", "u32"], result: "i32" } as const;
const READLINKAT = { name: "readlinkat", parameters: [...AT, "buffer", "usize"], result: "isize" } as const;
const MKDIRAT = { name: "mkdirat", parameters: [...AT, "u32"], result: "i32" } as const;
const UNLINKAT = { name: "unlinkat", parameters: [...AT, "i32"], result: "i32" } as const;
const RENAMEAT = { name: "renameat", parameters: [...AT, ...AT], result: "i32" } as const;
const LINKAT = { name: "linkat", parameters: [...AT, ...AT, "i32"], result: "i32" } as const;
const CHMOD = { name: "chmod", parameters: ["buffer", "u32"], result: "i32" } as const;
const FCHOWNAT = { name: "fchownat", parameters: [...AT, "u32", "u32", "i32"], result: "i32" } as const;
const FSYNC = { name: "fsync", parameters: ["i32"], result: "i32" } as const;
const FSTATFS = { name: "fstatfs", parameters: ["i32", "buffer"], result: "i32" } as const;
// These four are newer than the C libraries that we run on, or have no function there; the argument lists are the kernel's.
const SYS_STAT = { name: "syscall", parameters: ["i64", "i64", "buffer", "buffer", "i64"], result: "i64" } as const;
const SYS_ENTRIES = { name: "syscall", parameters: ["i64", "i64", "buffer", "i64"], result: "i64" } as const;
const SYS_RENAME = {
  name: "syscall",
  parameters: ["i64", "i64", "buffer", "i64", "buffer", "i64"],
  result: "i64",
} as const;
const SYS_OPEN = { name: "syscall", parameters: ["i64", "i64", "buffer", "buffer", "i64"], result: "i64" } as const;

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    openat: OPENAT,
    openatAside: { ...OPENAT, ...ASIDE },
    readlinkat: READLINKAT,
    readlinkatAside: { ...READLINKAT, ...ASIDE },
    mkdirat: MKDIRAT,
    mkdiratAside: { ...MKDIRAT, ...ASIDE },
    unlinkat: UNLINKAT,
    unlinkatAside: { ...UNLINKAT, ...ASIDE },
    renameat: RENAMEAT,
    renameatAside: { ...RENAMEAT, ...ASIDE },
    linkat: LINKAT,
    linkatAside: { ...LINKAT, ...ASIDE },
    chmod: CHMOD,
    chmodAside: { ...CHMOD, ...ASIDE },
    fchownat: FCHOWNAT,
    fchownatAside: { ...FCHOWNAT, ...ASIDE },
    fsync: FSYNC,
    fsyncAside: { ...FSYNC, ...ASIDE },
    fstatfs: FSTATFS,
    fstatfsAside: { ...FSTATFS, ...ASIDE },
    stat: SYS_STAT,
    statAside: { ...SYS_STAT, ...ASIDE },
    entries: SYS_ENTRIES,
    entriesAside: { ...SYS_ENTRIES, ...ASIDE },
    renameNew: SYS_RENAME,
    renameNewAside: { ...SYS_RENAME, ...ASIDE },
    openat2: SYS_OPEN,
    openat2Aside: { ...SYS_OPEN, ...ASIDE },
    close: { parameters: ["i32"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

type Buffers = readonly Uint8Array<ArrayBuffer>[];

/** What calls in other threads read and write; it must not be collected before they have returned, if they ever do. */
const inUse = new Set<Buffers>();
const slots = new CallSlots();

/**
 * Makes a call in another thread, and once more in this one if it has failed: its error number stayed in the other. That
 * what has just failed at once fails at once again is all that is relied on; if it should succeed, so much the better.
 */
async function aside(
  buffers: Buffers,
  call: () => Promise<number | bigint>,
  again: () => number | bigint,
): Promise<number> {
  inUse.add(buffers);
  try {
    const result = Number(await slots.use(call));
    return result >= 0 ? result : checked(Number(again()));
  } finally {
    inUse.delete(buffers);
  }
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}

const arch = () => Deno.build.arch;
const nofollow = () => O_NOFOLLOW[arch()] | O_CLOEXEC;
const directory = () => O_DIRECTORY[arch()];

function openat(fd: number, name: string, flags: number, mode = 0): Promise<number> {
  const path = bytesOf(name);
  return aside(
    [path],
    () => symbols().openatAside(fd, path, flags, mode),
    () => symbols().openat(fd, path, flags, mode),
  );
}

/** A folder. */
function openat2(fd: number, path: string, resolve: bigint): Promise<number> {
  const name = bytesOf(path);
  const flags = BigInt(O_PATH | O_CLOEXEC | directory());
  const how = new Uint8Array(new BigUint64Array([flags, 0n, resolve]).buffer);
  const rest = [CALLS[arch()].openat2, BigInt(fd), name, how, OPEN_HOW_BYTES] as const;
  return aside([name, how], () => symbols().openat2Aside(...rest), () => symbols().openat2(...rest));
}

function unlinkat(fd: number, name: string, flags: number): Promise<number> {
  const path = bytesOf(name);
  return aside([path], () => symbols().unlinkatAside(fd, path, flags), () => symbols().unlinkat(fd, path, flags));
}

export const folderCalls: FolderCalls = {
  openRoot: (path) => openat(AT_FDCWD, path, O_PATH | O_CLOEXEC | directory()),
  openBeneath: (fd, path) => openat2(fd, path, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS),
  openPlace: (fd, name) => openat(fd, name, O_PATH | nofollow()),
  openFolder: (fd, name) => openat(fd, name, O_PATH | nofollow() | directory()),
  openFolderHere: (fd, name) => openat2(fd, name, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV),
  openToRead: (fd) => openat(fd, ".", O_RDONLY | nofollow() | directory()),
  createFile: (fd, name, mode) => openat(fd, name, O_RDWR | O_CREAT | O_EXCL | nofollow(), mode),
  close: (fd) => void symbols().close(fd),
  stat(fd, name, into) {
    if (into.length < STAT_BYTES) throw new RangeError("A struct stat needs more room");
    const path = bytesOf(name);
    const flags = BigInt(AT_SYMLINK_NOFOLLOW | (name === "" ? AT_EMPTY_PATH : 0));
    const rest = [CALLS[arch()].newfstatat, BigInt(fd), path, into, flags] as const;
    return aside([path, into], () => symbols().statAside(...rest), () => symbols().stat(...rest));
  },
  entries(fd, into) {
    const rest = [CALLS[arch()].getdents64, BigInt(fd), into, BigInt(into.length)] as const;
    return aside([into], () => symbols().entriesAside(...rest), () => symbols().entries(...rest));
  },
  async readLink(fd, name) {
    const [path, into] = [bytesOf(name), new Uint8Array(PATH_MAX)];
    const rest = [fd, path, into, BigInt(into.length)] as const;
    const length = await aside(
      [path, into],
      () => symbols().readlinkatAside(...rest),
      () => symbols().readlinkat(...rest),
    );
    return length < 0 ? length : into.subarray(0, length);
  },
  makeFolder(fd, name, mode) {
    const path = bytesOf(name);
    return aside([path], () => symbols().mkdiratAside(fd, path, mode), () => symbols().mkdirat(fd, path, mode));
  },
  unlink: (fd, name) => unlinkat(fd, name, 0),
  removeFolder: (fd, name) => unlinkat(fd, name, AT_REMOVEDIR),
  rename(fd, name, toFd, toName) {
    const [from, to] = [bytesOf(name), bytesOf(toName)];
    const rest = [fd, from, toFd, to] as const;
    return aside([from, to], () => symbols().renameatAside(...rest), () => symbols().renameat(...rest));
  },
  renameNew(fd, name, toFd, toName) {
    const [from, to] = [bytesOf(name), bytesOf(toName)];
    const rest = [CALLS[arch()].renameat2, BigInt(fd), from, BigInt(toFd), to, RENAME_NOREPLACE] as const;
    return aside([from, to], () => symbols().renameNewAside(...rest), () => symbols().renameNew(...rest));
  },
  link(fd, name, toFd, toName) {
    const [from, to] = [bytesOf(name), bytesOf(toName)];
    const rest = [fd, from, toFd, to, 0] as const;
    return aside([from, to], () => symbols().linkatAside(...rest), () => symbols().linkat(...rest));
  },
  chmod(path, mode) {
    const name = bytesOf(path);
    return aside([name], () => symbols().chmodAside(name, mode), () => symbols().chmod(name, mode));
  },
  chown(fd, uid, gid) {
    const path = bytesOf("");
    const rest = [fd, path, uid, gid, AT_EMPTY_PATH] as const;
    return aside([path], () => symbols().fchownatAside(...rest), () => symbols().fchownat(...rest));
  },
  fsync: (fd) => aside([], () => symbols().fsyncAside(fd), () => symbols().fsync(fd)),
  async fileSystemType(fd) {
    const into = new Uint8Array(STATFS_BYTES);
    const result = await aside([into], () => symbols().fstatfsAside(fd, into), () => symbols().fstatfs(fd, into));
    return result < 0 ? result : new DataView(into.buffer).getUint32(0, true);
  },
};
