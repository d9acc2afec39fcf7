import { AppError } from "../../../core/mod.ts";
import type { LogSurgery } from "../../../platform/mod.ts";
import type { LogSpec } from "../spec/process_spec.ts";
import { identityOf, isSameFile, lstatOrNull } from "./file_identity.ts";
import { type FileState, formatFileState, type PendingRotation } from "./file_state.ts";
import { loadFile } from "./load_file.ts";
import { companions, type Slot } from "./slots.ts";
import { TimeIndex } from "./time_index.ts";

export type OwnFileLimits = Pick<LogSpec, "maxBytes" | "maxAgeMs" | "maxFiles" | "compress">;

export interface OwnFileDeps {
  readonly surgery: LogSurgery;
  readonly nowMs: () => number;
  /** Told of trouble with the files beside the log, which costs times or leaves the log as it is. */
  readonly onTrouble: (error: unknown) => void;
  readonly onLost: (how: LostFile) => void;
}

/** What became of a file that a program has open: it goes on writing, and nobody can read that. */
export type LostFile = "removed" | "replaced";

/** How heads are taken off this file; known once it was tried. */
export type CutMode = "unknown" | "collapse" | "free" | "empty";

/** What no file has as its identity. */
const GONE = "gone";

/**
 * One file that a program of ours appends to, with the rotated files before it, as one sequence of bytes. Whoever rotates
 * it changes `from`, `slots` and, within `moving`, what lies where in the file; whoever reads it need not know.
 */
export class OwnFile {
  readonly path: string;
  readonly times: TimeIndex;
  readonly #deps: OwnFileDeps;
  limits: OwnFileLimits;
  /** Logical offset of the file's first byte. */
  base = 0;
  /** Where the part begins that no rotated file has. */
  from = 0;
  whole = true;
  /** Newest first. */
  readonly slots: Slot[] = [];
  mode: CutMode = "unknown";
  pending: PendingRotation | null = null;
  /** True when what is before `from` may still take room, or could be taken out of the file. */
  owesCut = false;
  rotatedMs = 0;
  /** How often it was rotated by this agent. */
  turns = 0;
  /** Grows whenever bytes came to lie elsewhere, so that who has read meanwhile reads again. */
  epoch = 0;
  /** Grows when the file has become another one, or was emptied by somebody else. */
  generation = 0;
  #identity = "";
  #number = 0;
  #size = 0;
  #timesFrom = -Infinity;
  #loaded = false;
  #present = false;
  #moving: Promise<void> | null = null;

  constructor(path: string, limits: OwnFileLimits, deps: OwnFileDeps) {
    this.path = path;
    this.limits = limits;
    this.#deps = deps;
    this.times = new TimeIndex(companions(path).times, deps.surgery, deps.onTrouble);
  }

  /** Of the file at the last look. */
  get sizeBytes(): number {
    return this.#size;
  }

  get liveBytes(): number {
    return Math.max(0, this.#size - this.from);
  }

  /** While it is set, what is in the file is being moved. */
  get moved(): Promise<void> | null {
    return this.#moving;
  }

  /** Nothing is known of times before this logical offset. */
  get timesFrom(): number {
    return this.#timesFrom;
  }

  get isPresent(): boolean {
    return this.#present;
  }

  get end(): number {
    return this.base + Math.max(this.#size, this.from);
  }

  /** Looks at the file itself. Cheap: one call of the system while it does not grow. */
  look(): void {
    if (!this.#loaded) this.#load();
    if (this.#moving !== null) return; // its length means nothing now
    const info = lstatOrNull(this.path);
    if (info === null) return this.#miss();
    this.#compare(info);
    if (info.size > this.#size) this.times.add(this.base + info.size, this.#deps.nowMs());
    else this.times.flush();
    this.#size = info.size;
  }

  load(): void {
    if (!this.#loaded) this.#load();
  }

  /** What is in the file now is moved within it until the promise ends; nobody reads it meanwhile. */
  async moving<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#moving = promise;
    this.epoch++;
    try {
      return await work();
    } finally {
      this.epoch++;
      this.#moving = null;
      resolve();
    }
  }

  /** The head before `from` is gone from the file. */
  headTaken(): void {
    this.base += this.from;
    this.#size = Math.max(0, this.#size - this.from);
    this.from = 0;
  }

  /** Makes sure that there is room to remember where everything is, before anything is moved. */
  reserve(): "done" | "full" {
    const bytes = formatFileState(this.#state());
    return this.#deps.surgery.writeOwn(companions(this.path).state, bytes, "replace");
  }

  /** Remembers where everything is; throws when it cannot be written. */
  save(): void {
    if (this.reserve() === "done") return;
    throw new AppError("unavailable", `Cannot write ${companions(this.path).state}: the disk is full; make room on it`);
  }

  #state(): FileState {
    const { base, from, whole, rotatedMs, pending } = this;
    const segments = this.slots.map(({ start, length, whole }) => ({ start, length, whole }));
    return { identity: this.#identity, base, from, whole, rotatedMs, segments, pending };
  }

  #load(): void {
    const { surgery, nowMs } = this.#deps;
    const loaded = loadFile(this.path, this.limits.maxFiles, { surgery, nowMs, lastTimed: () => this.times.last() });
    ({ base: this.base, from: this.from, whole: this.whole, rotatedMs: this.rotatedMs } = loaded.position);
    this.slots.push(...loaded.slots);
    this.#identity = loaded.identity;
    this.#size = loaded.sizeBytes;
    this.#present = loaded.identity !== "";
    this.#timesFrom = loaded.timesFrom;
    this.times.open(this.end);
    this.#loaded = true;
    this.owesCut = this.from > 0;
    if (loaded.changed) this.#trySave();
  }

  #miss(): void {
    if (!this.#present) return;
    this.#present = false;
    this.#identity = GONE; // the next one may look the same
    this.#deps.onLost("removed");
  }

  #compare(info: Deno.FileInfo): void {
    const hasNumber = this.#present && info.ino !== null && info.ino !== 0 && info.ino === this.#number;
    // The whole of the identity is made only where there is doubt: this is asked of each log each second.
    if (hasNumber && info.size >= this.#size) return;
    const [identity, before, wasPresent] = [identityOf(info), this.#identity, this.#present];
    [this.#number, this.#present] = [info.ino ?? 0, true];
    const isSame = hasNumber || isSameFile(identity, before);
    if (isSame && info.size >= this.#size) return;
    this.#identity = identity;
    if (before !== "") this.#beginAnew();
    if (wasPresent && !isSame) this.#deps.onLost("replaced");
  }

  /** A line that the old file may have ended with has nothing to do with what the new one begins with: one byte apart. */
  #beginAnew(): void {
    this.base = this.end + 1;
    [this.from, this.whole, this.pending] = [0, true, null];
    this.#size = 0;
    this.epoch++;
    this.generation++;
    this.times.skipTo(this.base);
    if (this.slots.length > 0) this.#trySave();
  }

  #trySave(): void {
    try {
      this.save();
    } catch (error) {
      this.#deps.onTrouble(error);
    }
  }
}
