import { lazy } from "../lazy.ts";
import type { ObservedExit } from "../halves.ts";
import { errno } from "../posix/calls.ts";
import { exitFromSiginfo, exitFromStatus } from "./exit_status.ts";

// include/uapi/linux/wait.h: https://man7.org/linux/man-pages/man2/waitid.2.html
const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
/** siginfo_t of 64-bit Linux, as waitid fills it. */
const SIGINFO = { bytes: 128, code: 8, pid: 16, status: 24 } as const;
/** https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html */
const PR_SET_CHILD_SUBREAPER = 36;
/** struct pidfd_info in include/uapi/linux/pidfd.h, its first version: mask 8, cgroup 8, ids 44, exit code 4. */
const PIDFD_INFO = { bytes: 64, mask: 0, exitCode: 60 } as const;
const PIDFD_INFO_EXIT = 8n;
/** _IOWR(0xff, 11, struct pidfd_info) */
const PIDFD_GET_INFO = 0xc040ff0bn;

/** What this process can find out about its children, by FFI. */
export interface ChildCalls {
  /** Takes the exit of a child, which then is gone for good. `unknown` when it is no child of ours. */
  takeExit(pid: number): ObservedExit | "running" | "unknown";
  /** The pid of some child that has ended and was not taken yet; 0 when there is none. */
  someEnded(): number;
  /** Makes us the parent of every descendant whose own has ended. False where the kernel cannot. */
  becomeSubreaper(): boolean;
  /** How a process that was not our child has ended, which kernels from 6.15 tell after it was taken; else null. */
  exitOf(pidfd: number): ObservedExit | null;
}

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
    prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
    ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  }).symbols
);

const siginfo = lazy(() => new DataView(new ArrayBuffer(SIGINFO.bytes)));

const EINTR = 4;

export const childCalls: ChildCalls = {
  takeExit(pid) {
    const info = waitFor(P_PID, pid, WEXITED | WNOHANG);
    if (info === null) return "unknown";
    if (info.getInt32(SIGINFO.pid, true) === 0) return "running";
    return exitFromSiginfo(info.getInt32(SIGINFO.code, true), info.getInt32(SIGINFO.status, true));
  },
  someEnded: () => waitFor(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)?.getInt32(SIGINFO.pid, true) ?? 0,
  becomeSubreaper: () => symbols().prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n) === 0,
  exitOf(pidfd) {
    const info = new DataView(new ArrayBuffer(PIDFD_INFO.bytes));
    info.setBigUint64(PIDFD_INFO.mask, PIDFD_INFO_EXIT, true);
    if (symbols().ioctl(pidfd, PIDFD_GET_INFO, new Uint8Array(info.buffer)) !== 0) return null;
    const isKnown = (info.getBigUint64(PIDFD_INFO.mask, true) & PIDFD_INFO_EXIT) !== 0n;
    return isKnown ? exitFromStatus(info.getInt32(PIDFD_INFO.exitCode, true)) : null;
  },
};

/** Null when there is no such child. A pid of 0 in the answer means that it has not ended. */
function waitFor(kind: number, pid: number, options: number): DataView<ArrayBuffer> | null {
  const info = siginfo();
  for (;;) {
    info.setInt32(SIGINFO.pid, 0, true);
    if (symbols().waitid(kind, pid, new Uint8Array(info.buffer), options) === 0) return info;
    if (errno(symbols().__errno_location()) !== EINTR) return null;
  }
}
