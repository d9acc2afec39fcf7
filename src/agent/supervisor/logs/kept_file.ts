import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { LogSurgery } from "../../../platform/mod.ts";
import { Compressor } from "./compressor.ts";
import type { Lane } from "../lane.ts";
import type { OnLogEvent } from "./log_event.ts";
import { inTime, nextLookMs } from "./look_interval.ts";
import { type LostFile, OwnFile, type OwnFileLimits } from "./own_file.ts";
import type { RotationResult, Rotator } from "./rotator.ts";
import { companions, removeIfThere, slotPath } from "./slots.ts";

/** What all files share. */
export interface Workshop {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onEvent: OnLogEvent;
  readonly surgery: LogSurgery;
  readonly rotator: Rotator;
  readonly rotations: Lane;
  readonly compressor: Compressor;
  readonly compressions: Lane;
  /** Aborts when all work is to end. */
  readonly signal: () => AbortSignal;
}

/** A missing file is looked for so often: its program may be started at any time. */
const MISSING_MS = 2_000;
const RETRY_MS = { full: 5_000, error: 30_000 } as const;
/** A file that will be deleted sooner than this is not worth being compressed. */
const WORTH_COMPRESSING_MS = 60_000;
/** After so long without a byte it may be that nobody has the file open any more; asked again so seldom. */
const SILENT_MS = 10_000;
const ASK_AGAIN_MS = 600_000;

/** One log file that is looked after: when to look at it, and what to do about what is seen. */
export class KeptFile {
  readonly file: OwnFile;
  /** The processes whose output it has. */
  readonly users = new Set<string>();
  /** When it is to be looked at next, on the monotonic clock. */
  dueMs = -Infinity;
  readonly #shop: Workshop;
  #lookedMs: number;
  #lookedEnd = 0;
  #grewMs: number;
  #rotatedMs = -Infinity;
  /** How long the newest file lasts before it becomes the one before. */
  #turnMs = Infinity;
  #turns = 0;
  #retryMs = -Infinity;
  #askedMs = -Infinity;
  #isBusy = false;
  #isPacking = false;
  #isRemoved = false;
  #trouble: StateLog | null = null;
  #reason = "";

  constructor(path: string, limits: OwnFileLimits, shop: Workshop) {
    this.#shop = shop;
    const { surgery, clock } = shop;
    const onTrouble = (error: unknown) => this.#tell(`its times cannot be kept: ${messageOf(error)}`);
    const onLost = (how: LostFile) => this.#report(how);
    this.file = new OwnFile(path, limits, { surgery, nowMs: () => clock.nowMs(), onTrouble, onLost });
    this.#lookedMs = this.#grewMs = clock.monotonicMs();
  }

  /** Nothing here throws: what goes wrong with one file is told, and the others are looked at all the same. */
  look(nowMs: number): void {
    try {
      this.#look(nowMs);
    } catch (error) {
      this.dueMs = nowMs + RETRY_MS.error;
      this.#tell(messageOf(error));
    }
  }

  flush(): void {
    this.file.times.flush();
  }

  /** Deletes all that was ever written to this log, as soon as nobody works on it. */
  remove(): void {
    this.#isRemoved = true;
    if (this.#isBusy || this.#isPacking) return;
    const { path, slots } = this.file;
    try {
      this.file.load();
      for (const name of [path, ...slots.map((slot) => slotPath(path, slot)), ...Object.values(companions(path))]) {
        removeIfThere(name);
      }
    } catch (error) {
      this.#shop.log.warn("a log file cannot be deleted", { file: path, reason: messageOf(error) });
    }
  }

  #look(nowMs: number): void {
    this.file.look();
    const grownBytes = this.file.end - this.#lookedEnd; // others look too, whenever the log is read
    this.#lookedEnd = this.file.end;
    if (grownBytes > 0) this.#grewMs = nowMs;
    const { maxBytes } = this.file.limits;
    const inMs = this.file.isPresent
      ? nextLookMs({
        grownBytes,
        elapsedMs: nowMs - this.#lookedMs,
        silentMs: nowMs - this.#grewMs,
        roomBytes: maxBytes - this.file.liveBytes,
      })
      : MISSING_MS;
    this.dueMs = inTime(nowMs, inMs);
    this.#lookedMs = nowMs;
    if (!this.file.isPresent || this.#isRemoved) return;
    if (!this.#isBusy) this.#work(nowMs);
    if (!this.#isPacking) this.#pack(nowMs);
  }

  #report(how: LostFile): void {
    if (this.#isRemoved) return;
    const what = how === "removed" ? "was deleted" : "was replaced by another one";
    this.#event("warn", `its log ${this.file.path} ${what}: what it prints is lost until it is restarted`);
    this.#shop.log.warn(`a log file ${what}`, { file: this.file.path });
  }

  #work(nowMs: number): void {
    const { rotator, rotations } = this.#shop;
    if (nowMs < this.#retryMs) return;
    const isDue = rotator.isDue(this.file);
    if (!isDue && !this.#mayBeginAnew(nowMs)) return;
    this.#isBusy = true;
    rotations.add(async () => {
      const { epoch } = this.file;
      await this.#rotate(isDue);
      this.#isBusy = false;
      // It has grown meanwhile, or is still too long; unless nothing can be done about it.
      if (this.file.epoch !== epoch) this.dueMs = -Infinity;
      if (this.#isRemoved) this.remove();
    });
  }

  async #rotate(isDue: boolean): Promise<void> {
    const { rotator, signal, clock } = this.#shop;
    if (signal().aborted) return;
    try {
      if (isDue) this.#rotated(await rotator.rotate(this.file, signal()));
      else await rotator.beginAnew(this.file, signal());
    } catch (error) {
      if (signal().aborted) return;
      this.#retryMs = clock.monotonicMs() + RETRY_MS.error;
      this.#tell(messageOf(error));
    }
  }

  #rotated(result: RotationResult): void {
    const nowMs = this.#shop.clock.monotonicMs();
    const turns = this.file.turns - this.#turns;
    if (turns > 0) {
      this.#turnMs = (nowMs - this.#rotatedMs) / turns;
      this.#rotatedMs = nowMs;
      this.#turns += turns;
    }
    if (result === "done") return this.#recover();
    this.#retryMs = nowMs + RETRY_MS.full;
    this.#tell(
      "the disk is full: it is not rotated but grows, and beyond max_size times max_files loses its oldest lines",
    );
  }

  /** Only where room was freed in place, and once for each silence. */
  #mayBeginAnew(nowMs: number): boolean {
    const { mode, from } = this.file;
    if (mode !== "free" || from === 0 || nowMs - this.#grewMs < SILENT_MS) return false;
    if (this.#askedMs > this.#grewMs && nowMs - this.#askedMs < ASK_AGAIN_MS) return false;
    this.#askedMs = nowMs;
    return true;
  }

  #pack(nowMs: number): void {
    const slot = Compressor.candidate(this.file);
    if (slot === undefined) return;
    const { maxFiles } = this.file.limits;
    const turnMs = Math.max(this.#turnMs, nowMs - this.#rotatedMs);
    if ((maxFiles - slot.number) * turnMs < WORTH_COMPRESSING_MS) return;
    const { compressions, compressor, signal, log } = this.#shop;
    this.#isPacking = true;
    compressions.add(async () => {
      try {
        const isWanted = !this.#isRemoved && !signal().aborted && this.file.slots.includes(slot);
        if (isWanted) await compressor.compress(this.file, slot, signal());
      } catch (error) {
        this.#turnMs = 0; // it stays as it is until some time after the next rotation
        this.#rotatedMs = nowMs;
        if (!signal().aborted) {
          log.warn("a rotated log file cannot be compressed", { file: this.file.path, reason: messageOf(error) });
        }
      }
      this.#isPacking = false;
      if (this.#isRemoved) this.remove();
    });
  }

  #tell(reason: string): void {
    const { log, clock } = this.#shop;
    this.#trouble ??= createStateLog(
      log.child({ file: this.file.path }),
      clock,
      "keeping a log file within its limits",
    );
    this.#trouble.failed(reason);
    if (reason !== this.#reason) this.#event("warn", `its log ${this.file.path}: ${reason}`);
    this.#reason = reason;
  }

  #recover(): void {
    if (this.#reason === "") return;
    this.#trouble?.recovered();
    [this.#trouble, this.#reason] = [null, ""];
    this.#event("info", `its log ${this.file.path} is within its limits again`);
  }

  #event(level: "info" | "warn", reason: string): void {
    for (const process of this.users) this.#shop.onEvent({ process, level, reason });
  }
}
