import { AppError } from "../core/mod.ts";
import { fileError } from "./file_error.ts";
import type { LogSurgery, OpenLog, SurgeryResult } from "./halves.ts";
import { FILE_ERRNO, type FileCalls, fileCalls } from "./linux/file_calls.ts";

/** A part of a copy; others get the disk and the thread between two of them. */
const PART_BYTES = 8 * 1024 * 1024;
/** Enough to meet the error again that another thread kept to itself, and no more. */
const RETRY_BYTES = 4_096;
const OWN_FILE_MODE = 0o640;
/** What every file system that can cut heads off has as its block, or a part of it. */
const LEAST_BLOCK_BYTES = 4_096;

export function linuxLogSurgery(calls: FileCalls = fileCalls): LogSurgery {
  return {
    cutsHeads: true,
    open: (path) => openLog(path, calls),
    create: (path, like) => createLog(path, like, calls),
    writeOwn: (path, bytes, how) => writeOwn(path, bytes, how, calls),
  };
}

function openLog(path: string, calls: FileCalls): LinuxLog {
  const fd = checkedOpen("open", path, calls.open(path));
  return guarded(new LinuxLog(path, fd, calls));
}

function createLog(path: string, like: OpenLog, calls: FileCalls): LinuxLog {
  if (!(like instanceof LinuxLog)) throw new TypeError("A log is made like one of the same kind");
  const fd = checkedOpen("create", path, calls.create(path, 0o600, "exclusive"));
  const { uid, gid, mode } = like.stat();
  // Without the right to give it away it stays ours, as all that such an agent writes.
  if (uid !== null && gid !== null) calls.chown(fd, uid, gid);
  if (mode !== null) calls.chmod(fd, mode & 0o777);
  return new LinuxLog(path, fd, calls);
}

function writeOwn(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  how: "append" | "replace",
  calls: FileCalls,
): "done" | "full" {
  const opened = calls.create(path, OWN_FILE_MODE, "shared");
  if (isFull(opened)) return "full";
  const fd = checkedOpen("write", path, opened);
  using file = guarded(new LinuxLog(path, fd, calls));
  const at = how === "append" ? file.sizeBytes() : 0;
  if (file.write(bytes, at) === "full") {
    calls.truncate(fd, at); // half an entry would make the others unreadable
    return "full";
  }
  if (how === "replace" && file.sizeBytes() > bytes.length) calls.truncate(fd, bytes.length);
  return "done";
}

/** Somebody who may write in the directory could have put a file there that is also one of somebody else. */
function guarded(file: LinuxLog): LinuxLog {
  const { isFile, nlink } = file.stat();
  if (isFile && (nlink ?? 1) <= 1) return file;
  file[Symbol.dispose]();
  throw refused(file.path, isFile ? "it has further names (hard links)" : "it is not a regular file");
}

function checkedOpen(action: string, path: string, fd: number): number {
  if (fd >= 0) return fd;
  if (fd === -FILE_ERRNO.ELOOP) throw refused(path, "it is a symbolic link");
  throw fileError(action, path, systemError(fd));
}

function refused(path: string, why: string): AppError {
  return new AppError("forbidden", `Cannot work on ${path}: ${why}; let the program log to a file of its own`);
}

/** The runtime's own error of that number, so that all errors of files are worded alike. */
function systemError(result: number): Error {
  const number = -result;
  if (number === 2) return new Deno.errors.NotFound("No such file or directory");
  if (number === 13 || number === 1 || number === 30) return new Deno.errors.PermissionDenied("Permission denied");
  if (isFull(result)) return new Error("the disk is full");
  return new Error(`error ${number} of the system`);
}

function isFull(result: number): boolean {
  return result === -FILE_ERRNO.ENOSPC || result === -FILE_ERRNO.EDQUOT;
}

class LinuxLog implements OpenLog {
  readonly path: string;
  readonly #fd: number;
  readonly #calls: FileCalls;
  #closed = false;

  constructor(path: string, fd: number, calls: FileCalls) {
    this.path = path;
    this.#fd = fd;
    this.#calls = calls;
  }

  get handlePath(): string {
    return `/proc/${Deno.pid}/fd/${this.#fd}`;
  }

  get blockBytes(): number {
    return Math.max(this.stat().blksize ?? 0, LEAST_BLOCK_BYTES);
  }

  stat(): Deno.FileInfo {
    return Deno.statSync(`/proc/self/fd/${this.#fd}`);
  }

  sizeBytes(): number {
    return this.stat().size;
  }

  async copyTo(target: OpenLog, from: number, to: number, at: number, signal: AbortSignal): Promise<"done" | "full"> {
    const fd = fdOf(target);
    for (let done = from; done < to;) {
      signal.throwIfAborted();
      const toAt = at + done - from;
      const copied = await this.#calls.copy(this.#fd, done, fd, toAt, Math.min(PART_BYTES, to - done));
      if (copied > 0) {
        done += copied;
        continue;
      }
      const result = this.#copyPart(fd, done, Math.min(to, done + RETRY_BYTES), toAt);
      if (result === "full") return "full";
      done += result;
    }
    return "done";
  }

  copyNow(target: OpenLog, from: number, to: number, at: number): "done" | "full" {
    const fd = fdOf(target);
    for (let done = from; done < to;) {
      const result = this.#copyPart(fd, done, to, at + done - from);
      if (result === "full") return "full";
      done += result;
    }
    return "done";
  }

  #copyPart(fd: number, from: number, to: number, at: number): number | "full" {
    const copied = this.#calls.copyNow(this.#fd, from, fd, at, to - from);
    if (copied > 0) return copied;
    if (isFull(copied)) return "full";
    if (copied === -FILE_ERRNO.EINTR) return 0;
    throw fileError(
      "copy",
      this.path,
      copied === 0 ? new Error("it has become shorter meanwhile") : systemError(copied),
    );
  }

  endsLine(at: number): boolean {
    return at > 0 && this.read(at - 1, 1)[0] === 0x0a;
  }

  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const count = this.#calls.pread(this.#fd, bytes, at);
    if (count < 0) throw fileError("read", this.path, systemError(count));
    return bytes.subarray(0, count);
  }

  write(bytes: Uint8Array<ArrayBuffer>, at: number): "done" | "full" {
    for (let done = 0; done < bytes.length;) {
      const count = this.#calls.pwrite(this.#fd, bytes.subarray(done), at + done);
      if (isFull(count)) return "full";
      if (count <= 0 && count !== -FILE_ERRNO.EINTR) throw fileError("write", this.path, systemError(count));
      done += Math.max(0, count);
    }
    return "done";
  }

  firstData(): number | null {
    const at = this.#calls.seekData(this.#fd, 0);
    if (at === -FILE_ERRNO.ENXIO) return null;
    return Math.max(0, at); // where holes are not told, all counts as data
  }

  async freeHead(to: number): Promise<SurgeryResult> {
    return await this.#calls.punchHead(this.#fd, to) === 0 ? "done" : "unsupported";
  }

  async collapseHead(to: number): Promise<SurgeryResult> {
    return await this.#calls.collapseHead(this.#fd, to) === 0 ? "done" : "unsupported";
  }

  empty(sizeBytes: number, alone: boolean): boolean {
    if (alone && this.#calls.lease(this.#fd) < 0) return false;
    try {
      return this.sizeBytes() === sizeBytes && this.#calls.truncate(this.#fd, 0) === 0;
    } finally {
      if (alone) this.#calls.endLease(this.#fd);
    }
  }

  isAlone(): boolean {
    if (this.#calls.lease(this.#fd) < 0) return false;
    this.#calls.endLease(this.#fd);
    return true;
  }

  fd(): number {
    return this.#fd;
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.#calls.close(this.#fd);
    this.#closed = true;
  }
}

function fdOf(target: OpenLog): number {
  if (target instanceof LinuxLog) return target.fd();
  throw new TypeError("A log is copied to one of the same kind");
}
