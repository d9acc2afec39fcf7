import { lazy } from "../lazy.ts";
import { cString, type PosixCalls, posixCalls } from "../posix/calls.ts";

const LIBRARY = "/usr/lib/libSystem.B.dylib";

// struct proc_bsdinfo in <sys/proc_info.h>:
// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/proc_info.h
const PROC_PIDTBSDINFO = 3;
const BSDINFO_BYTES = 136;
const BSDINFO = { status: 4, startSeconds: 120, startMicroseconds: 128 } as const;
/** SZOMB in <sys/proc.h>: ended, but not yet waited for. */
const STATUS_ZOMBIE = 5;
/** A uuid in text with its final zero byte has 37. */
const UUID_BYTES = 64;

/** System calls of macOS by FFI. Not exercised where this program is built; only its shape is checked there. */
export interface DarwinCalls extends PosixCalls {
  /** When a living process was started, in microseconds since the epoch, as text; null when there is none. */
  startTime(pid: number): string | null;
  /** A uuid that is new at each boot; null when the system does not tell. */
  bootSession(): string | null;
}

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    proc_pidinfo: { parameters: ["i32", "i32", "u64", "buffer", "i32"], result: "i32" },
    sysctlbyname: { parameters: ["buffer", "buffer", "buffer", "pointer", "usize"], result: "i32" },
  }).symbols
);

export const libsystem: DarwinCalls = {
  ...posixCalls({
    library: LIBRARY,
    errnoSymbol: "__error",
    EWOULDBLOCK: 35,
    O_CLOEXEC: 0x1000000,
    SOCK_CLOEXEC: 0,
    RLIMIT_NOFILE: 8,
  }),
  startTime(pid) {
    const info = new Uint8Array(BSDINFO_BYTES);
    if (symbols().proc_pidinfo(pid, PROC_PIDTBSDINFO, 0n, info, info.length) !== info.length) return null;
    const view = new DataView(info.buffer);
    if (view.getUint32(BSDINFO.status, true) === STATUS_ZOMBIE) return null;
    const seconds = view.getBigUint64(BSDINFO.startSeconds, true);
    return String(seconds * 1_000_000n + view.getBigUint64(BSDINFO.startMicroseconds, true));
  },
  bootSession() {
    const uuid = new Uint8Array(UUID_BYTES);
    const length = new BigUint64Array([BigInt(uuid.length)]);
    if (symbols().sysctlbyname(cString("kern.bootsessionuuid"), uuid, length, null, 0n) !== 0) return null;
    return new TextDecoder().decode(uuid.subarray(0, uuid.indexOf(0)));
  },
};
