import { AppError } from "../core/mod.ts";
import { equalIdentities, type Processes, type ProcessIdentity, type SignalResult } from "./halves.ts";
import { ERRNO, libc, type LinuxCalls } from "./linux/libc.ts";
import { killVerified, signalRefused } from "./process_identity.posix.ts";

export const linuxProcesses: Processes = {
  identity: (pid) => readIdentity(pid),
  signal: (identity, signal) => signalByDescriptor(identity, signal),
};

/** Reads `/proc/PID/stat` and the boot id; tests give another root of proc. */
export function readIdentity(pid: number, procRoot = "/proc"): ProcessIdentity | null {
  const text = readStat(pid, procRoot);
  const stat = text === null ? null : parseStat(text);
  if (text === null || stat === null || (isDead(stat.state) && !hasOtherThreads(text))) return null;
  const bootId = Deno.readTextFileSync(`${procRoot}/sys/kernel/random/boot_id`).trim();
  return { pid, startTime: stat.startTime, bootId };
}

/**
 * The state (field 3) and start time (field 22) of a stat line. The command, field 2, may itself contain spaces and
 * parentheses, so fields are counted from its last parenthesis.
 */
export function parseStat(text: string): { state: string; startTime: string } | null {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[22 - 3]];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}

type PidfdCalls = Pick<LinuxCalls, "pidfdOpen" | "pidfdSendSignal" | "close">;

/**
 * A pid descriptor is opened first and the identity checked after, so the process cannot be replaced between check
 * and signal. Kernels before 5.3 and some sandboxes have no descriptors: there only the check remains.
 */
export function signalByDescriptor(
  identity: ProcessIdentity,
  signal: Deno.Signal,
  calls: PidfdCalls = libc,
): SignalResult {
  const pidfd = calls.pidfdOpen(identity.pid);
  if (pidfd === -ERRNO.ESRCH) return "gone";
  if (pidfd < 0) return killVerified(identity, signal, readIdentity);
  try {
    if (!equalIdentities(readIdentity(identity.pid), identity)) return "gone";
    return sendByDescriptor(pidfd, identity, signal, calls);
  } finally {
    calls.close(pidfd);
  }
}

function sendByDescriptor(
  pidfd: number,
  identity: ProcessIdentity,
  signal: Deno.Signal,
  calls: PidfdCalls,
): SignalResult {
  const result = calls.pidfdSendSignal(pidfd, signalNumber(signal));
  if (result >= 0) return "sent";
  if (result === -ERRNO.ESRCH) return "gone";
  throw signalRefused(identity, signal, `pidfd_send_signal failed with error ${-result}`);
}

/** Of x86-64 and arm64, which agree: include/uapi/asm-generic/signal.h. */
const SIGNALS: Readonly<Partial<Record<Deno.Signal, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGWINCH: 28,
};

function signalNumber(signal: Deno.Signal): number {
  const number = SIGNALS[signal];
  if (number === undefined) throw new AppError("unsupported", `Processes cannot be sent ${signal} here`);
  return number;
}

/** Z is a zombie; X and x are seen for a moment while a process is taken away. */
function isDead(state: string): boolean {
  return state === "Z" || state === "X" || state === "x";
}

/** A process whose first thread has ended looks like a zombie, but goes on; field 20 counts its threads. */
function hasOtherThreads(text: string): boolean {
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[20 - 3]) > 1;
}

function readStat(pid: number, procRoot: string): string | null {
  try {
    return Deno.readTextFileSync(`${procRoot}/${pid}/stat`);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** No such file, or, when the process ends between open and read, no such process. */
function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    (error instanceof Error && "code" in error && error.code === "ESRCH");
}
