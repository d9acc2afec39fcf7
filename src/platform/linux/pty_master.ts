import { lazy } from "../lazy.ts";
import { errno } from "../posix/calls.ts";

// https://man7.org/linux/man-pages/man3/posix_openpt.3.html; O_RDWR, O_NOCTTY, O_NONBLOCK, O_CLOEXEC of
// include/uapi/asm-generic/fcntl.h.
const OPEN_MASTER = 2 | 0o400 | 0o4000 | 0o2000000;
// https://man7.org/linux/man-pages/man2/ioctl_tty.2.html
const TCGETS = 0x5401n;
const TCSETS = 0x5402n;
const TIOCSWINSZ = 0x5414n;
/** struct termios of the kernel has 36 bytes, of which the first four are the input modes. */
const TERMIOS_BYTES = 64;
/** Backspace then takes a whole character back. */
const IUTF8 = 0o40000;
const MAX_NAME_BYTES = 64;

/** The near ends of pseudo-terminals, by FFI; they never wait. A failed call returns the negative error number. */
export interface PtyCalls {
  /** A new pair: its near end, and the path of the far one. */
  open(): { readonly fd: number; readonly path: string } | number;
  /** Who runs at the far end is told. */
  resize(fd: number, cols: number, rows: number): number;
  read(fd: number, into: Uint8Array<ArrayBuffer>): number;
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): number;
  close(fd: number): void;
}

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    posix_openpt: { parameters: ["i32"], result: "i32" },
    grantpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

export const ptyCalls: PtyCalls = {
  open() {
    const fd = checked(symbols().posix_openpt(OPEN_MASTER));
    if (fd < 0) return fd;
    const path = prepared(fd);
    if (typeof path === "string") return { fd, path };
    symbols().close(fd);
    return path;
  },
  resize: (fd, cols, rows) => checked(symbols().ioctl(fd, TIOCSWINSZ, new Uint16Array([rows, cols, 0, 0]))),
  read: (fd, into) => checked(Number(symbols().read(fd, into, BigInt(into.length)))),
  write: (fd, bytes) => checked(Number(symbols().write(fd, bytes, BigInt(bytes.length)))),
  close: (fd) => void symbols().close(fd),
};

/** Makes the far end usable and gives its path, or the error. */
function prepared(fd: number): string | number {
  const granted = checked(symbols().grantpt(fd));
  if (granted < 0) return granted;
  const unlocked = checked(symbols().unlockpt(fd));
  if (unlocked < 0) return unlocked;
  const name = new Uint8Array(MAX_NAME_BYTES);
  const error = symbols().ptsname_r(fd, name, BigInt(name.length));
  if (error !== 0) return -error;
  const modes = new DataView(new ArrayBuffer(TERMIOS_BYTES));
  const bytes = new Uint8Array(modes.buffer);
  if (symbols().ioctl(fd, TCGETS, bytes) === 0) {
    modes.setUint32(0, modes.getUint32(0, true) | IUTF8, true);
    symbols().ioctl(fd, TCSETS, bytes);
  }
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

function checked(result: number): number {
  return result < 0 ? -errno(symbols().__errno_location()) : result;
}
