import { type Clock, messageOf } from "../../../core/mod.ts";
import type { TerminalView } from "../../../protocol/mod.ts";
import type { RecordingRecord } from "../ports.ts";
import { CastEvents, castHead, type CastOrigin } from "./cast.ts";
import type { CastFile } from "./cast_file.ts";

export interface RecorderOptions {
  readonly id: string;
  readonly origin: CastOrigin;
  readonly startedMs: number;
  readonly cols: number;
  readonly rows: number;
  /** Up to where the terminal's output is in earlier recordings. */
  readonly position: number;
  readonly clock: Clock;
  readonly maxBytes: () => number;
  /** Called once, when nothing more is recorded. */
  readonly onOver: (recorder: Recorder) => void;
}

/** How far it is. */
export type RecordingProgress = Pick<
  RecordingRecord,
  "user" | "shell" | "title" | "durationMs" | "sizeBytes" | "position"
>;

/** How a recording has ended. */
export interface RecordingEnd {
  readonly reason: string;
  readonly isCut: boolean;
}

/** A guest waits no longer for the manager's disk. */
const MAX_WAIT_MS = 5_000;
const MAX_TEXT = 300;

/** The recording of one terminal, which all who use it share. */
export class Recorder {
  readonly id: string;
  readonly origin: CastOrigin;
  readonly startedMs: number;
  readonly #options: RecorderOptions;
  readonly #file: CastFile;
  readonly #events: CastEvents;
  readonly #begunMs: number;
  readonly #watchers = new Set<() => void>();
  #end: RecordingEnd | null = null;
  #lastMs = 0;
  #told = { user: "", shell: "", title: "" };
  #guests = 0;
  #leftMs: number;

  constructor(options: RecorderOptions, file: CastFile) {
    const { id, origin, startedMs, cols, rows, clock } = options;
    this.id = id;
    this.origin = origin;
    this.startedMs = startedMs;
    this.#options = options;
    this.#file = file;
    this.#events = new CastEvents(options);
    this.#begunMs = this.#leftMs = clock.monotonicMs();
    const title = `${origin.actor}@${origin.host}`;
    this.#file.add(encoded(castHead({ cols, rows, startedMs, title, farhand: origin })));
  }

  get isRecording(): boolean {
    return this.#end === null;
  }

  /** Null while it goes on. */
  get end(): RecordingEnd | null {
    return this.#end;
  }

  /** Whether anything was shown. */
  get hasBegun(): boolean {
    return this.#events.hasBegun;
  }

  get file(): CastFile {
    return this.#file;
  }

  /** What the index is told. */
  get progress(): RecordingProgress {
    const { position } = this.#events;
    return { ...this.#told, durationMs: Math.round(this.#lastMs), sizeBytes: this.#file.sizeBytes, position };
  }

  /** Since when nobody uses the terminal, by the monotonic clock; null while somebody does. */
  get leftMs(): number | null {
    return this.#guests > 0 ? null : this.#leftMs;
  }

  /** Somebody uses the terminal; `onChange` is called when it is not recorded any more. Gives what takes him out again. */
  enter(onChange: () => void): () => void {
    // Not the function itself: two guests may give the same.
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    this.#guests++;
    return () => {
      if (!this.#watchers.delete(watcher)) return;
      this.#guests--;
      this.#leftMs = this.#options.clock.monotonicMs();
    };
  }

  /** What a guest is sent. Gives a promise to wait for before he is sent more, when the disk is behind. */
  take(position: number, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#end !== null) return undefined;
    this.#add(this.#events.output(this.#atMs(), position, bytes));
    const room = this.#file.room();
    return room === undefined ? undefined : this.#patiently(room);
  }

  show({ cols, rows, user, shell, title }: TerminalView): void {
    if (this.#end !== null) return;
    this.#told = { user: user.slice(0, MAX_TEXT), shell: shell.slice(0, MAX_TEXT), title: title.slice(0, MAX_TEXT) };
    this.#add(this.#events.resize(this.#atMs(), cols, rows));
  }

  /** The terminal has ended, or nobody will use it any more. */
  finish(reason: string): void {
    this.#over({ reason, isCut: false }, null);
  }

  /** The terminal goes on without it. */
  cut(reason: string): void {
    this.#over({ reason, isCut: true }, `not recorded from here on: ${reason}`);
  }

  /** The file cannot be written. */
  failed(error: unknown): void {
    this.#over({ reason: `it could not be written: ${messageOf(error)}`, isCut: true }, null);
  }

  #over(end: RecordingEnd, marker: string | null): void {
    if (this.#end !== null) return;
    this.#end = { ...end, reason: end.reason.slice(0, MAX_TEXT) };
    const atMs = marker === null ? this.#lastMs : this.#atMs();
    for (const line of this.#events.end(atMs, marker)) this.#file.add(encoded(line));
    this.#options.onOver(this);
    for (const watcher of this.#watchers) watcher();
  }

  #add(lines: readonly string[]): void {
    for (const line of lines) {
      const bytes = encoded(line);
      if (this.#file.sizeBytes + bytes.length > this.#options.maxBytes()) {
        return this.cut("the recording is as large as terminals.max_bytes allows");
      }
      this.#file.add(bytes);
    }
  }

  #atMs(): number {
    return this.#lastMs = this.#options.clock.monotonicMs() - this.#begunMs;
  }

  /** Whoever types shall not be kept waiting for a disk that hangs. */
  async #patiently(room: Promise<void>): Promise<void> {
    const done = new AbortController();
    const late = this.#options.clock.sleep(MAX_WAIT_MS, done.signal).then(
      () => this.cut("the manager's disk does not keep up"),
      () => {}, // there was room in time
    );
    await Promise.race([room, late]);
    done.abort();
  }
}

function encoded(line: string): Uint8Array {
  return new TextEncoder().encode(line);
}
