import { AppError } from "../core/mod.ts";
import { fileError } from "./file_error.ts";
import type { LogSurgery, OpenLog, SurgeryResult } from "./halves.ts";
import { fileExists } from "./file_exists.ts";

const PART_BYTES = 256 * 1024;
const OWN_FILE_MODE = 0o640;
const LINE_FEED = 0x0a;

/** With what the runtime has on every system: a file can be copied and emptied, no head of it can be cut off. */
export function plainLogSurgery(): LogSurgery {
  return {
    cutsHeads: false,
    open(path) {
      refuseLinks(path);
      return new PlainLog(path, opened("open", path, { read: true, write: true }));
    },
    create: (path, like) => createLike(path, like),
    writeOwn(path, bytes, how) {
      if (fileExists(path)) refuseLinks(path);
      using file = opened("write", path, { write: true, create: true, append: how === "append", mode: OWN_FILE_MODE });
      try {
        if (how === "replace") file.truncateSync(0);
        writeFully(file, bytes);
        return "done";
      } catch (error) {
        if (isFull(error)) return "full";
        throw fileError("write", path, error);
      }
    },
  };
}

function createLike(path: string, like: OpenLog): OpenLog {
  const file = opened("create", path, { read: true, write: true, createNew: true, mode: 0o600 });
  const mode = like instanceof PlainLog ? Deno.statSync(like.path).mode : null;
  try {
    if (mode !== null) Deno.chmodSync(path, mode & 0o777);
  } catch {
    // Windows has no such rights; a file there has those of its directory.
  }
  return new PlainLog(path, file);
}

function opened(action: string, path: string, options: Deno.OpenOptions): Deno.FsFile {
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    throw fileError(action, path, error);
  }
}

function refuseLinks(path: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    throw fileError("open", path, error);
  }
  if (info.isFile && (info.nlink ?? 1) <= 1) return;
  const why = info.isFile ? "it has further names (hard links)" : "it is not a regular file";
  throw new AppError("forbidden", `Cannot work on ${path}: ${why}; let the program log to a file of its own`);
}

class PlainLog implements OpenLog {
  readonly path: string;
  readonly blockBytes = 1;
  readonly handlePath = null;
  readonly #file: Deno.FsFile;
  #closed = false;

  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  sizeBytes(): number {
    return this.#file.statSync().size;
  }

  async copyTo(target: OpenLog, from: number, to: number, at: number, signal: AbortSignal): Promise<"done" | "full"> {
    for (let done = from; done < to;) {
      signal.throwIfAborted();
      const end = Math.min(to, done + PART_BYTES);
      if (this.copyNow(target, done, end, at + done - from) === "full") return "full";
      done = end;
      await new Promise((resolve) => setTimeout(resolve, 0)); // others have their turn
    }
    return "done";
  }

  copyNow(target: OpenLog, from: number, to: number, at: number): "done" | "full" {
    if (!(target instanceof PlainLog)) throw new TypeError("A log is copied to one of the same kind");
    for (let done = from; done < to;) {
      const bytes = this.read(done, Math.min(PART_BYTES, to - done));
      if (bytes.length === 0) throw fileError("copy", this.path, new Error("it has become shorter meanwhile"));
      if (!target.#write(bytes, at + done - from)) return "full";
      done += bytes.length;
    }
    return "done";
  }

  endsLine(at: number): boolean {
    return at > 0 && this.read(at - 1, 1)[0] === LINE_FEED;
  }

  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(at, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < length) {
      const count = this.#file.readSync(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** False when the disk is full. */
  #write(bytes: Uint8Array, at: number): boolean {
    try {
      this.#file.seekSync(at, Deno.SeekMode.Start);
      writeFully(this.#file, bytes);
      return true;
    } catch (error) {
      if (isFull(error)) return false;
      throw fileError("write", this.path, error);
    }
  }

  firstData(): number | null {
    return this.sizeBytes() === 0 ? null : 0;
  }

  freeHead(): Promise<SurgeryResult> {
    return Promise.resolve("unsupported");
  }

  collapseHead(): Promise<SurgeryResult> {
    return Promise.resolve("unsupported");
  }

  empty(sizeBytes: number, alone: boolean): boolean {
    if (alone || this.sizeBytes() !== sizeBytes) return false;
    this.#file.truncateSync(0);
    return true;
  }

  isAlone(): boolean {
    return false;
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

function writeFully(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** The codes are those that the runtime gives on Linux, macOS and Windows. */
function isFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || /os error (28|69|122|112)\)/.test(String(error));
}
