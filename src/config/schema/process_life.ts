import * as z from "zod/mini";
import {
  byteSize,
  choice,
  duration,
  key,
  list,
  nonEmptyText,
  number,
  onOff,
  optionalPath,
  section,
  wholeNumber,
  writtenForm,
} from "./values.ts";

const RESTART_POLICIES = ["always", "on-failure", "never"] as const;
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"] as const;
/** Resource limits of POSIX, by their names in getrlimit without RLIMIT_. */
export const ULIMITS = ["nofile", "nproc", "core", "fsize", "data", "stack", "as", "memlock"] as const;

/** Below 2^63, which is the most that every system takes. */
const ULIMIT = /^(\d{1,18}|unlimited)$/;
const MAX_CPU_PERCENT = 100_000;

export function restartSection() {
  return section({
    policy: key(choice(RESTART_POLICIES), "always", "Which exits lead to a restart."),
    max_retries: key(
      wholeNumber(0, 1_000_000),
      10,
      "Restarts within retry_window before the process counts as failed; 0 for no limit.",
    ),
    retry_window: key(duration(), "10m", "Time within which restarts are counted."),
    backoff_base: key(
      duration({ zero: true, example: "1s" }),
      "1s",
      "Wait before the second restart; it doubles each time.",
    ),
    backoff_max: key(duration({ zero: true }), "60s", "Longest wait before a restart."),
    stable_after: key(duration(), "60s", "Time that it must have run for the wait to begin anew."),
  }, "What happens when the process ends.");
}

export function stopSection() {
  return section({
    signal: key(choice(STOP_SIGNALS), "SIGTERM", "What asks it to end."),
    command: key(list(nonEmptyText()), [], "Command that asks it to end, instead of the signal."),
    timeout: key(
      duration({ min: "0s", zero: true, example: "10s" }),
      "10s",
      "Time that it has; then all of it is killed.",
    ),
  }, "How the process is stopped.");
}

export function limitsSection() {
  const ulimit = (what: string) =>
    key(writtenForm(ULIMIT, "must be a number or unlimited", ["65536", "unlimited"]), "", what);
  return section({
    memory: key(
      byteSize("1MiB", { zero: true }),
      "0B",
      "Memory that it may use with all its descendants; 0 for no limit.",
    ),
    cpu: key(cpuLimit(), 0, "CPU that it may use, in percent of one core; 0 for no limit."),
    tasks: key(wholeNumber(0, 4_194_304), 0, "Processes and threads that it may have; 0 for no limit."),
    nofile: ulimit("Open files of each process."),
    nproc: ulimit("Processes of its user."),
    core: ulimit("Bytes of a core dump."),
    fsize: ulimit("Bytes of a file that it writes."),
    data: ulimit("Bytes of a process's data."),
    stack: ulimit("Bytes of a stack."),
    as: ulimit("Bytes of a process's address space."),
    memlock: ulimit("Bytes locked in memory."),
  }, "What the process may use (Linux: cgroup v2 for the first three, where the agent may write it).");
}

function cpuLimit() {
  return number(0, MAX_CPU_PERCENT).check(
    z.refine((value) => value === 0 || value >= 1, `must be a number from 1 to ${MAX_CPU_PERCENT}, or 0 for off`),
  );
}

export function logSection() {
  return section({
    stdout: key(optionalPath(["/var/log/shop/out.log"]), "", "File for stdout. Default: one beside the agent's log."),
    stderr: key(optionalPath(["/var/log/shop/err.log"]), "", "File for stderr. Default: one beside the agent's log."),
    merge: key(onOff(), false, "Whether stderr goes to the file of stdout."),
    discard: key(onOff(), false, "Whether the output is thrown away."),
    max_size: key(byteSize("64KiB"), "50MB", "Size at which a file is rotated."),
    max_age: key(duration({ zero: true }), "0s", "Age at which a file is rotated; 0 for never."),
    max_files: key(wholeNumber(1, 1_000), 5, "Number of files kept, the current one included."),
    compress: key(onOff(), true, "Whether rotated files are compressed."),
  }, "Where its output goes.");
}
