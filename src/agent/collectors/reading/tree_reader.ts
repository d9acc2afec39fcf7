import { join } from "node:path";
import { messageOf } from "../../../core/mod.ts";

/** Where the kernel's file systems and the host's own are; elsewhere in a container that watches its host. */
export interface Roots {
  readonly proc: string;
  readonly sys: string;
  readonly root: string;
}

/** A file of /proc or /sys that is read again and again, through one open file. */
export interface HeldFile {
  /** The whole text now; null when there is no such file. */
  text(): string | null;
  close(): void;
}

/** Reads small files of the kernel; each call reads the whole of one. */
export interface TreeReader {
  readonly roots: Roots;
  /** The text of a file, such as `proc("stat")`; null when there is none, or it has no value now (ENODEV, EINVAL …). */
  text(path: string): string | null;
  /** The same without white space around it; null for an empty one. */
  line(path: string): string | null;
  /** A file that holds one number. */
  number(path: string): number | undefined;
  /** The names in a directory; none when there is no such directory. */
  list(path: string): string[];
  /** Where a link points; null when it is none. */
  link(path: string): string | null;
  hold(path: string): HeldFile;
  /**
   * Calls with each line of a file that may be long, of which it keeps only a piece at a time. False when the file is
   * longer than `maxBytes`, and was read no further; null when there is none.
   */
  lines(path: string, maxBytes: number, onLine: (line: string) => void): boolean | null;
  /** Why a file gives no text: "/proc/pressure/cpu: No such file or directory". For the problems of a reading. */
  reason(path: string): string;
  /** Paths below the roots. */
  proc(...parts: string[]): string;
  sys(...parts: string[]): string;
  root(...parts: string[]): string;
}

const FIRST_BUFFER_BYTES = 16 * 1024;
/** No file that is read here comes near; one that does is not what it should be. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export function createTreeReader(roots: Roots): TreeReader {
  const buffer = new GrowingBuffer();
  const text = (path: string): string | null => {
    const file = tolerant(() => Deno.openSync(path));
    if (file === null) return null;
    try {
      return tolerant(() => buffer.read(file));
    } finally {
      file.close();
    }
  };
  const line = (path: string) => text(path)?.trim() || null;
  return {
    roots,
    text,
    line,
    number(path) {
      const value = line(path);
      if (value === null) return undefined;
      const number = Number(value);
      return Number.isFinite(number) ? number : undefined;
    },
    list: (path) => tolerant(() => [...Deno.readDirSync(path)].map(({ name }) => name)) ?? [],
    link: (path) => tolerant(() => Deno.readLinkSync(path)),
    hold: (path) => new Held(path, buffer),
    lines(path, maxBytes, onLine) {
      const file = tolerant(() => Deno.openSync(path));
      if (file === null) return null;
      try {
        return readLines(() => tolerant(() => buffer.readPiece(file)), maxBytes, onLine);
      } finally {
        file.close();
      }
    },
    reason: (path) => `${path}: ${whyNot(() => Deno.readFileSync(path))}`,
    proc: (...parts) => join(roots.proc, ...parts),
    sys: (...parts) => join(roots.sys, ...parts),
    root: (...parts) => join(roots.root, ...parts),
  };
}

class Held implements HeldFile {
  readonly #path: string;
  readonly #buffer: GrowingBuffer;
  #file: Deno.FsFile | null = null;

  constructor(path: string, buffer: GrowingBuffer) {
    this.#path = path;
    this.#buffer = buffer;
  }

  text(): string | null {
    const again = this.#file !== null;
    const found = tolerant(() => this.#read());
    if (found !== null || !again) return found;
    return tolerant(() => this.#read()); // what was open is gone; there may be a new one
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #read(): string {
    const file = this.#file ??= Deno.openSync(this.#path);
    try {
      file.seekSync(0, Deno.SeekMode.Start);
      return this.#buffer.read(file);
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

/** Holds what one file has; the next one takes its place. */
class GrowingBuffer {
  #bytes = new Uint8Array(FIRST_BUFFER_BYTES);
  readonly #decoder = new TextDecoder();

  read(file: Deno.FsFile): string {
    for (let length = 0;;) {
      if (length === this.#bytes.length) this.#grow();
      const read = file.readSync(this.#bytes.subarray(length));
      if (read === null) return this.#decoder.decode(this.#bytes.subarray(0, length));
      length += read;
    }
  }

  /** What one call gives; empty at the end. */
  readPiece(file: Deno.FsFile): string {
    return this.#decoder.decode(this.#bytes.subarray(0, file.readSync(this.#bytes) ?? 0));
  }

  #grow(): void {
    if (this.#bytes.length >= MAX_FILE_BYTES) throw new RangeError("the file is larger than any that is read here");
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Null at once means that the file has no value now. Its text is ASCII, so that a piece may end anywhere. */
function readLines(
  nextPiece: () => string | null,
  maxBytes: number,
  onLine: (line: string) => void,
): boolean | null {
  let rest = "";
  for (let length = 0; length <= maxBytes;) {
    const piece = nextPiece();
    if (piece === null) return null;
    if (piece === "") {
      if (rest !== "") onLine(rest);
      return true;
    }
    length += piece.length;
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  return false;
}

function whyNot(read: () => unknown): string {
  try {
    read();
    return "it had no value a moment ago";
  } catch (error) {
    // The runtime's text ends in the path and the call, which the reader of a problem has already.
    return messageOf(error).replace(/ \(os error \d+\).*$/s, "");
  }
}

/** What is not there, may not be read, or has no value now is absent: a host's hardware and kernel decide that. */
function tolerant<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    // The system's errors have a code, whatever class the runtime gives them; others are faults of this program.
    if (error instanceof Error && "code" in error && typeof error.code === "string") return null;
    throw error;
  }
}
