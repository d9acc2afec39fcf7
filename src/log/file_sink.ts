import { type Clock, messageOf } from "../core/mod.ts";
import { jsonFormat } from "./formats.ts";
import { endsWithLineFeed, isSameFile, LINE_FEED, openForAppend, rotate, statOrNull } from "./log_files.ts";
import type { PlainFields } from "./plain.ts";
import { type LogRecord, type Sink, writeFully } from "./record.ts";

export interface FileSinkOptions {
  readonly path: string;
  /** The file is rotated before a record would make it larger. */
  readonly maxBytes: number;
  /** How many rotated files, `path.1` to `path.<keep>`, stay beside it. */
  readonly keep: number;
  readonly clock: Clock;
  /** How often, at most, the file is compared with its name on disk, and a failure tried again. */
  readonly checkIntervalMs?: number;
}

/**
 * Appends records as JSON lines to a file that it rotates by size and count.
 *
 * It follows its name: when somebody else renames, removes or truncates the file (logrotate, an administrator, a second
 * process that rotates it), writing goes on in the file that has the name. While it cannot write it drops records,
 * tries again at each interval, and says how many were lost and why as soon as it can.
 */
export function fileSink(options: FileSinkOptions): Sink {
  return new FileSink(options);
}

interface Loss {
  count: number;
  readonly reason: string;
  readonly sinceMs: number;
}

class FileSink implements Sink {
  readonly #options: FileSinkOptions;
  readonly #checkIntervalMs: number;
  readonly #encoder = new TextEncoder();
  #file: Deno.FsFile | undefined;
  #sizeBytes = 0;
  /** When the file was last compared with its name, or could not be written, on the monotonic clock. */
  #checkedMs = -Infinity;
  #loss: Loss | undefined;
  /** Once refused it is tried again after each check only, and told of once. */
  #rotation: "works" | "refused" | "to be retried" = "works";

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#checkIntervalMs = options.checkIntervalMs ?? 1_000;
  }

  write(record: LogRecord): void {
    const due = this.#options.clock.monotonicMs() - this.#checkedMs >= this.#checkIntervalMs;
    if (this.#loss !== undefined && !due) {
      this.#loss.count++;
      return;
    }
    try {
      if (due) this.#check();
      this.#tellLoss();
      this.#append(record);
    } catch (error) {
      this.#fail(error);
    }
  }

  reopen(): void {
    this.#release();
    this.#checkedMs = -Infinity;
  }

  flush(): void {
    this.#file?.syncSync();
  }

  close(): void {
    try {
      this.#tellLoss();
    } catch {
      // Still not writable, and this was the last chance to say so.
    } finally {
      this.#release();
    }
  }

  #append(record: LogRecord): void {
    const line = this.#encoder.encode(jsonFormat(record));
    this.#file ??= this.#open();
    if (this.#isFull(line.length)) this.#makeRoom(line.length);
    writeFully(this.#file, line);
    this.#sizeBytes += line.length;
  }

  #isFull(moreBytes: number): boolean {
    return this.#sizeBytes > 0 && this.#sizeBytes + moreBytes > this.#options.maxBytes;
  }

  #open(): Deno.FsFile {
    const file = openForAppend(this.#options.path);
    try {
      this.#sizeBytes = file.statSync().size;
      if (this.#sizeBytes > 0 && !endsWithLineFeed(file)) writeFully(file, new Uint8Array([LINE_FEED]));
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  #release(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #check(): void {
    this.#checkedMs = this.#options.clock.monotonicMs();
    if (this.#rotation === "refused") this.#rotation = "to be retried";
    this.#follow();
  }

  /** Lets go of the file when its name means another one by now; learns its size, which others may have changed. */
  #follow(): void {
    if (this.#file === undefined) return;
    const open = this.#file.statSync();
    if (isSameFile(open, statOrNull(this.#options.path))) this.#sizeBytes = open.size;
    else this.#release();
  }

  /** Rotates, unless another process has just done so. Where that fails writing goes on in the file as it is. */
  #makeRoom(moreBytes: number): void {
    if (this.#rotation === "refused") return;
    this.#follow();
    this.#file ??= this.#open();
    if (!this.#isFull(moreBytes)) return;
    this.#release(); // Windows does not rename an open file.
    const error = rotate(this.#options.path, this.#options.keep);
    this.#file = this.#open();
    const tell = error !== undefined && this.#rotation === "works";
    this.#rotation = error === undefined ? "works" : "refused";
    if (tell) this.#append(this.#ownRecord("the log file cannot be rotated and grows", { reason: messageOf(error) }));
  }

  #fail(error: unknown): void {
    this.#release();
    this.#checkedMs = this.#options.clock.monotonicMs();
    this.#loss ??= { count: 0, reason: messageOf(error), sinceMs: this.#options.clock.nowMs() };
    this.#loss.count++;
  }

  #tellLoss(): void {
    if (this.#loss === undefined) return;
    const { count, reason, sinceMs } = this.#loss;
    this.#append(this.#ownRecord("log records were lost", { count, reason, since: new Date(sinceMs).toISOString() }));
    this.#loss = undefined;
  }

  #ownRecord(msg: string, fields: PlainFields): LogRecord {
    return { tsMs: this.#options.clock.nowMs(), level: "warn", component: "log", msg, fields };
  }
}
