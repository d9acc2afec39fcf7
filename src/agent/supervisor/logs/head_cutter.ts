import { AppError } from "../../../core/mod.ts";
import type { LogSurgery, OpenLog } from "../../../platform/mod.ts";
import type { OwnFile } from "./own_file.ts";
import { companions, makeRoom, removeIfThere, slotPath } from "./slots.ts";

/** Where a test stops the agent to see what the next one makes of it. */
export type StepName =
  | "copying"
  | "copied"
  | "recorded"
  | "renamed"
  | "adopted"
  | "freed"
  | "collapsing"
  | "collapsed"
  | "emptying"
  | "emptied";

export interface CutterDeps {
  readonly surgery: LogSurgery;
  readonly onStep?: ((step: StepName) => void) | undefined;
}

/** What grows by less than this while the rest is copied is copied at once, so that the file can be emptied in the same breath. */
const LAST_BYTES = 256 * 1024;
/** Somebody who writes faster than it is copied gets no more tries than these at a time. */
const MAX_TRIES = 20;

/**
 * Takes heads off log files while their programs append to them. Whenever the agent dies, each byte is in one place for
 * the next one, which `load_file.ts` sees to: first a complete copy, then a record of it, then its name, and only then
 * is the head freed and, where the file system can, taken out of the file.
 */
export class HeadCutter {
  readonly #deps: CutterDeps;

  constructor(deps: CutterDeps) {
    this.#deps = deps;
  }

  /** Makes a rotated file of what is before `to`. With "full" nothing has changed. */
  async copyOut(file: OwnFile, log: OpenLog, to: number, signal: AbortSignal): Promise<"done" | "full"> {
    const { generation } = file;
    if (file.reserve() === "full") return "full";
    const copied = await this.#copy(file, log, to, signal);
    if (copied === "full") return "full";
    if (file.generation !== generation) throw this.#disturbed(file);
    this.#step("copied");
    return this.#adopt(file, to, log.endsLine(to));
  }

  /** Nobody keeps what is before `to`, nor anything older. */
  drop(file: OwnFile, log: OpenLog, to: number): void {
    const slots = file.slots;
    while (slots.length > 0) removeIfThere(slotPath(file.path, slots.pop() ?? { number: 0, compressed: false }));
    file.whole = log.endsLine(to);
    file.from = to;
    file.epoch++;
    file.owesCut = true;
    if (file.reserve() === "done") return;
    // What is remembered would be wrong from now on. Without it the next agent takes the file as it finds it.
    removeIfThere(companions(file.path).state);
  }

  /** Gives back what is before `from`: by taking it out of the file, or at least by freeing its room. */
  async cut(file: OwnFile, log: OpenLog): Promise<void> {
    if (file.from === 0 || file.mode === "empty" || !this.#deps.surgery.cutsHeads) return;
    if (await log.freeHead(file.from) === "unsupported") {
      file.mode = "empty";
      return;
    }
    this.#step("freed");
    if (file.mode !== "free") await this.#collapse(file, log);
    file.owesCut = false;
    if (file.pending === null) return;
    file.pending = null;
    file.save();
  }

  /** Copies all that is left and empties the file. True when it is empty now; else the next time has less to do. */
  async empty(file: OwnFile, log: OpenLog, alone: boolean, signal: AbortSignal): Promise<"done" | "full" | "busy"> {
    if (alone && !log.isAlone()) return "busy";
    const { generation } = file;
    const size = log.sizeBytes();
    if (size > file.from && await this.copyOut(file, log, size, signal) === "full") return "full";
    for (let tries = 0; tries < MAX_TRIES && file.generation === generation; tries++) {
      if (await this.#appendRest(file, log, signal) === "full") return "full";
      if (this.#emptyNow(file, log, alone)) return "done";
      if (alone) return "busy";
    }
    return "busy";
  }

  /** Empties the file without a copy. */
  emptyUnkept(file: OwnFile, log: OpenLog): boolean {
    this.drop(file, log, log.sizeBytes());
    return this.#emptyNow(file, log, false);
  }

  async #copy(file: OwnFile, log: OpenLog, to: number, signal: AbortSignal): Promise<"done" | "full"> {
    const path = companions(file.path).copy;
    removeIfThere(path);
    let result: "done" | "full" | undefined;
    try {
      using copy = this.#deps.surgery.create(path, log);
      this.#step("copying");
      result = await log.copyTo(copy, file.from, to, 0, signal);
      return result;
    } finally {
      if (result !== "done") removeIfThere(path);
    }
  }

  /** Makes the copy the newest rotated file. All of it in one turn: readers see the byte before or after, never twice. */
  #adopt(file: OwnFile, to: number, endsLine: boolean): "done" | "full" {
    const copy = companions(file.path).copy;
    const length = to - file.from;
    file.pending = { kind: "copied", length, endsLine };
    try {
      file.save();
      this.#step("recorded");
      makeRoom(file.path, file.slots, file.limits.maxFiles - 1);
      Deno.renameSync(copy, slotPath(file.path, { number: 1, compressed: false }));
      this.#step("renamed");
    } catch (error) {
      this.#giveUp(file, copy);
      throw error;
    }
    file.slots.unshift({ number: 1, compressed: false, start: file.base + file.from, length, whole: file.whole });
    [file.from, file.whole, file.pending] = [to, endsLine, null];
    file.epoch++;
    file.owesCut = true;
    file.save();
    this.#step("adopted");
    return "done";
  }

  /** The copy may go only once nothing refers to it any more; if that cannot be written the next agent takes it up. */
  #giveUp(file: OwnFile, copy: string): void {
    file.pending = null;
    if (file.reserve() === "done") removeIfThere(copy);
  }

  async #collapse(file: OwnFile, log: OpenLog): Promise<void> {
    const size = log.sizeBytes();
    if (file.from >= size) return; // which no file system does; what comes next makes it possible
    if ((log.firstData() ?? size) < file.from) { // then the next agent could not tell whether it was done
      file.mode = "free";
      return;
    }
    file.pending = { kind: "collapsing" };
    file.save();
    this.#step("collapsing");
    await file.moving(async () => {
      const result = await log.collapseHead(file.from);
      if (result === "done") {
        this.#step("collapsed");
        file.headTaken();
      }
      file.mode = result === "done" ? "collapse" : "free";
    });
  }

  /** What was written while the file was copied. Most of it without haste, so that little is left for the end. */
  async #appendRest(file: OwnFile, log: OpenLog, signal: AbortSignal): Promise<"done" | "full"> {
    const newest = file.slots[0];
    if (newest === undefined) return "done";
    for (let size = log.sizeBytes(); size - file.from > LAST_BYTES; size = log.sizeBytes()) {
      using rotated = this.#deps.surgery.open(slotPath(file.path, newest));
      if (await log.copyTo(rotated, file.from, size, newest.length, signal) === "full") return "full";
      newest.length += size - file.from;
      file.from = size;
      file.save();
    }
    return "done";
  }

  /** Between the last look at the length and the emptying is no turn of anybody else in this program. */
  #emptyNow(file: OwnFile, log: OpenLog, alone: boolean): boolean {
    const newest = file.slots[0];
    file.pending = { kind: "emptying" };
    file.save();
    this.#step("emptying");
    const size = log.sizeBytes();
    if (size > file.from && file.limits.maxFiles > 1) {
      if (newest === undefined) return false;
      using rotated = this.#deps.surgery.open(slotPath(file.path, newest));
      if (log.copyNow(rotated, file.from, size, newest.length) === "full") return false;
      newest.length += size - file.from;
      file.whole = log.endsLine(size);
    }
    file.from = size;
    const isEmpty = log.empty(size, alone);
    if (isEmpty) {
      this.#step("emptied");
      file.epoch++;
      file.headTaken();
    }
    file.pending = null;
    file.save();
    return isEmpty;
  }

  #disturbed(file: OwnFile): AppError {
    removeIfThere(companions(file.path).copy);
    return new AppError("conflict", `Cannot rotate ${file.path}: it was replaced or emptied meanwhile`, {
      retryable: true,
    });
  }

  #step(step: StepName): void {
    this.#deps.onStep?.(step);
  }
}
