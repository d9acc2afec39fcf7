import type { ObservedExit } from "../halves.ts";

/** Of x86-64 and arm64, which agree: include/uapi/asm-generic/signal.h. */
const NAMES: readonly string[] = [
  "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM",
  "SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO",
  "SIGPWR SIGSYS",
].join(" ").split(" ");

// Values of si_code: include/uapi/asm-generic/siginfo.h
const CLD_EXITED = 1;
const CLD_KILLED = 2;
const CLD_DUMPED = 3;

/** What a struct siginfo_t of waitid says. */
export function exitFromSiginfo(code: number, status: number): ObservedExit {
  if (code === CLD_EXITED) return { code: status };
  if (code === CLD_KILLED || code === CLD_DUMPED) return killed(status, code === CLD_DUMPED);
  return {};
}

/** What the status word of wait(2) says: https://man7.org/linux/man-pages/man2/wait.2.html */
export function exitFromStatus(status: number): ObservedExit {
  const signal = status & 0x7f;
  if (signal === 0) return { code: status >> 8 & 0xff };
  return signal === 0x7f ? {} : killed(signal, (status & 0x80) !== 0);
}

export function signalName(number: number): string {
  return NAMES[number - 1] ?? `signal ${number}`;
}

function killed(signal: number, coreDumped: boolean): ObservedExit {
  return { signal: signalName(signal), coreDumped };
}
