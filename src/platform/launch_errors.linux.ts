import { AppError, type ErrorCode } from "../core/mod.ts";
import { checkWorkDirectory, interpreterOf } from "./program_file.posix.ts";

/** Error numbers of Linux: include/uapi/asm-generic/errno-base.h and errno.h. */
const E = {
  PERM: 1,
  NOENT: 2,
  NXIO: 6,
  TOO_BIG: 7,
  NOEXEC: 8,
  AGAIN: 11,
  NOMEM: 12,
  ACCES: 13,
  NOTDIR: 20,
  ISDIR: 21,
  NFILE: 23,
  MFILE: 24,
  TXTBSY: 26,
  NOSPC: 28,
  ROFS: 30,
  NAMETOOLONG: 36,
  LOOP: 40,
  LIBBAD: 80,
  DQUOT: 122,
} as const;

interface Meaning {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly retryable?: boolean;
}

const START: Readonly<Record<number, Meaning>> = {
  [E.PERM]: { code: "forbidden", reason: "the system does not permit it; a security module may say why in its log" },
  [E.TOO_BIG]: { code: "invalid_input", reason: "its arguments and environment are too long together; shorten them" },
  [E.NOEXEC]: {
    code: "invalid_input",
    reason: "it is no program of this kind of machine; a script needs a first line such as #!/bin/sh",
  },
  [E.AGAIN]: {
    code: "unavailable",
    reason: "no more processes can be started (limits of the user, the control group or the kernel); end some",
    retryable: true,
  },
  [E.NOMEM]: { code: "unavailable", reason: "there is not enough memory; free some", retryable: true },
  [E.ACCES]: {
    code: "forbidden",
    reason: "it may not be executed: it or its interpreter has no x right, or its file system is mounted noexec",
  },
  [E.NFILE]: { code: "unavailable", reason: "the host has too many files open; close some", retryable: true },
  [E.MFILE]: { code: "unavailable", reason: "the agent has too many files open; raise its limit", retryable: true },
  [E.TXTBSY]: { code: "unavailable", reason: "somebody is writing its file; wait until that is done", retryable: true },
  [E.NAMETOOLONG]: { code: "invalid_input", reason: "its path is too long" },
  [E.LOOP]: { code: "invalid_input", reason: "its path or interpreter goes round in a circle" },
  [E.LIBBAD]: { code: "invalid_input", reason: "its interpreter is damaged; install it anew" },
};

const OUTPUT: Readonly<Record<number, Meaning>> = {
  [E.PERM]: { code: "forbidden", reason: "the system does not permit it" },
  [E.NOENT]: { code: "not_found", reason: "its directory is not there; make it" },
  [E.NXIO]: { code: "unavailable", reason: "it is a pipe that nobody reads; start its reader first", retryable: true },
  [E.ACCES]: { code: "forbidden", reason: "the agent's user may not write it; change its owner or rights" },
  [E.NOTDIR]: { code: "invalid_input", reason: "something on the way to it is no directory" },
  [E.ISDIR]: { code: "invalid_input", reason: "it is a directory; name a file" },
  [E.NFILE]: { code: "unavailable", reason: "the host has too many files open; close some", retryable: true },
  [E.MFILE]: { code: "unavailable", reason: "the agent has too many files open; raise its limit", retryable: true },
  [E.NOSPC]: { code: "unavailable", reason: "its file system is full; make room", retryable: true },
  [E.DQUOT]: { code: "unavailable", reason: "the quota of its file system is used up; make room", retryable: true },
  [E.ROFS]: { code: "forbidden", reason: "its file system can only be read" },
  [E.LOOP]: { code: "invalid_input", reason: "its path goes round in a circle" },
  [E.NAMETOOLONG]: { code: "invalid_input", reason: "its path is too long" },
};

export interface FailedLaunch {
  readonly file: string;
  readonly cwd: string;
  readonly canEnter: (path: string) => boolean;
  /** Whether tools stand before the program: then what failed was to start the first of them. */
  readonly hasLine: boolean;
}

/** The system tells one number for whatever failed between the directory and the program; so each is looked at. */
export function launchFailure({ file, cwd, canEnter, hasLine }: FailedLaunch, error: number): AppError {
  try {
    checkWorkDirectory(cwd, canEnter);
  } catch (problem) {
    if (problem instanceof AppError) return problem;
    throw problem;
  }
  const interpreter = hasLine ? null : interpreterOf(file);
  const meaning = error === E.NOENT ? missing(interpreter) : START[error];
  const isScript = interpreter !== null && (error === E.ACCES || error === E.NOEXEC);
  const where = isScript ? `${file} (a script for ${interpreter})` : file;
  return appError(`Cannot start ${where}`, meaning, error);
}

function missing(interpreter: string | null): Meaning {
  return {
    code: "not_found",
    reason: interpreter === null
      ? "the loader that it was linked for is not on this host, or it has just been removed"
      : `its first line names ${interpreter}, which is not there; install that, or change the line`,
  };
}

export function outputFailure(path: string, error: number): AppError {
  return appError(`Cannot append output to ${path}`, OUTPUT[error], error);
}

function appError(what: string, meaning: Meaning | undefined, error: number): AppError {
  const { code, reason, retryable = false } = meaning ??
    { code: "internal", reason: `the system gives error ${error}` } satisfies Meaning;
  return new AppError(code, `${what}: ${reason}`, { retryable, details: { errno: error } });
}
