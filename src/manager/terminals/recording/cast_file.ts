import { joinedBytes } from "../../../core/mod.ts";

/** Nobody but the owner of the manager's files reads what was shown on a terminal. */
const PRIVATE = 0o600;
/** From so much on it is written without waiting for the next flush. */
const FLUSH_BYTES = 64 * 1024;
/** More does not wait; who adds waits instead. */
const MAX_WAITING_BYTES = 256 * 1024;

/**
 * A file to which lines are added in order. What is in it are whole lines, however the program ends: only a write that was under way
 * then may be there by half.
 */
export class CastFile {
  readonly #file: Deno.FsFile;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writtenBytes = 0;
  #writing: Promise<void> | null = null;
  #isOver = false;
  #isClosed = false;
  #hasFailed = false;

  private constructor(file: Deno.FsFile, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** `onFailure` is called once, when it cannot be written any more. */
  static async create(path: string, onFailure: (error: unknown) => void): Promise<CastFile> {
    return new CastFile(await Deno.open(path, { write: true, createNew: true, mode: PRIVATE }), onFailure);
  }

  /** With what waits. */
  get sizeBytes(): number {
    return this.#writtenBytes + this.#waitingBytes;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** These are whole lines. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  add(line: Uint8Array): void {
    if (this.#isOver) return;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= FLUSH_BYTES) void this.flush();
  }

  /** A promise to wait for before more is added; undefined while there is room. */
  room(): Promise<void> | undefined {
    return this.#waitingBytes < MAX_WAITING_BYTES ? undefined : this.flush();
  }

  /** Writes what waits. Never rejects: see `onFailure`. */
  flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#writing === null) return Promise.resolve();
    return this.#writing ??= this.#writeAll().finally(() => this.#writing = null);
  }

  /** After what waits was written. */
  async close(): Promise<void> {
    await this.flush();
    if (this.#isClosed) return;
    this.#isClosed = this.#isOver = true;
    this.#file.close();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const bytes = joinedBytes(this.#waiting.splice(0));
      try {
        for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
        this.#writtenBytes += bytes.length;
        this.#waitingBytes -= bytes.length;
      } catch (error) {
        await this.#fail(error);
      }
    }
  }

  async #fail(error: unknown): Promise<void> {
    this.#isOver = this.#hasFailed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      await this.#file.truncate(this.#writtenBytes);
    } catch {
      // A line by half stays; whoever reads the file passes over it.
    }
    this.#onFailure(error);
  }
}
