import { AppError, type ErrorCode, messageOf } from "../core/mod.ts";

/** What the system says in its errors, for people, and what it means here. */
const MEANINGS: Readonly<Record<string, readonly [code: ErrorCode, words: string]>> = {
  EACCES: ["forbidden", "the agent may not do that there"],
  EBUSY: ["conflict", "it is in use, or something is mounted there"],
  EDQUOT: ["no_space", "the quota of the disk is used up"],
  EEXIST: ["conflict", "there is something of that name already"],
  EFBIG: ["too_large", "the file system takes no file of that size"],
  EIO: ["unavailable", "the disk or its network fails"],
  EISDIR: ["conflict", "it is a folder"],
  ELOOP: ["forbidden", "it is a link, or there are too many links on the way"],
  EMFILE: ["rate_limited", "too many files are open"],
  ENAMETOOLONG: ["invalid_input", "the name is too long for the file system"],
  ENFILE: ["rate_limited", "too many files are open on this host"],
  ENODEV: ["unavailable", "the disk is not there"],
  ENOENT: ["not_found", "there is no such file or folder"],
  ENOSPC: ["no_space", "the disk is full"],
  ENOTDIR: ["conflict", "it is no folder, or something on the way is none"],
  ENOTEMPTY: ["conflict", "the folder is not empty"],
  ENOTSUP: ["unsupported", "the file system cannot do that"],
  EPERM: ["forbidden", "the system does not let the agent do that"],
  EROFS: ["forbidden", "the file system is read-only"],
  ESTALE: ["unavailable", "the server of the file system has forgotten it"],
  ETXTBSY: ["conflict", "it is a program that runs"],
  EXDEV: ["unsupported", "it is on another file system; copy it instead"],
};

/** Numbers of Linux, the same on x86-64 and arm64: include/uapi/asm-generic/errno-base.h and errno.h. */
const LINUX_NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  5: "EIO",
  13: "EACCES",
  16: "EBUSY",
  17: "EEXIST",
  18: "EXDEV",
  19: "ENODEV",
  20: "ENOTDIR",
  21: "EISDIR",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  36: "ENAMETOOLONG",
  39: "ENOTEMPTY",
  40: "ELOOP",
  95: "ENOTSUP",
  116: "ESTALE",
  122: "EDQUOT",
};

/** `action` reads as in "Cannot rename /srv/a: the disk is full". */
export function linuxFailure(action: string, result: number): AppError {
  const name = LINUX_NAMES[-result];
  return name === undefined ? new AppError("unavailable", `Cannot ${action}: error ${-result}`) : failure(action, name);
}

/** The same of what the runtime has thrown; an AppError passes through. */
export function fileFailure(action: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const name = codeOf(thrown);
  if (name !== null && MEANINGS[name] !== undefined) return failure(action, name, thrown);
  return new AppError("unavailable", `Cannot ${action}: ${messageOf(thrown)}`, { cause: thrown });
}

/** Whether it says that something is not there. */
export function saysMissing(thrown: unknown): boolean {
  return codeOf(thrown) === "ENOENT";
}

export function failure(action: string, name: string, cause?: unknown): AppError {
  const [code, words] = MEANINGS[name] ?? ["unavailable", name];
  return new AppError(code, `Cannot ${action}: ${words}`, { details: { reason: name }, cause });
}

/** Somebody else has put another file in its place. */
export function replaced(path: string): AppError {
  return new AppError("conflict", `Cannot change ${path}: it was replaced by another file meanwhile`);
}

/** The runtime gives each error of the system its name as `code`. */
function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
}
