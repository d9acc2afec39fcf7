import type { LogSurgery, OpenLog } from "../../../platform/mod.ts";
import { HeadCutter, type StepName } from "./head_cutter.ts";
import type { OwnFile } from "./own_file.ts";
import { nextStep, type RotationStep } from "./rotation_plan.ts";
import { removeOldest } from "./slots.ts";

export interface RotatorDeps {
  readonly surgery: LogSurgery;
  readonly nowMs: () => number;
  readonly onStep?: ((step: StepName) => void) | undefined;
}

/**
 * "full": the disk is, and the file goes on growing. When it has as much as all files may have together its oldest lines
 * are given up, as by any other drop.
 */
export type RotationResult = "done" | "full";

/** A file that grows as fast as it is rotated is looked at again soon; it does not keep the others waiting for ever. */
const MAX_STEPS = 32;

/** Keeps log files within their limits. One call at a time for each file. */
export class Rotator {
  readonly #deps: RotatorDeps;
  readonly #cutter: HeadCutter;

  constructor(deps: RotatorDeps) {
    this.#deps = deps;
    this.#cutter = new HeadCutter(deps);
  }

  /** Whether there is something to do. */
  isDue(file: OwnFile): boolean {
    return file.liveBytes > file.limits.maxBytes || file.owesCut || this.#isOld(file);
  }

  async rotate(file: OwnFile, signal: AbortSignal): Promise<RotationResult> {
    file.look();
    const { generation } = file;
    using log = this.#deps.surgery.open(file.path);
    await this.#cutter.cut(file, log);
    const isOld = this.#isOld(file);
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      file.look();
      if (file.generation !== generation || log.sizeBytes() < file.sizeBytes) break; // it is another file by now
      const step = nextStep(this.#extent(file, log), file.limits, isOld && steps === 0);
      if (step === null) break;
      if (await this.#take(file, log, step, signal) === "full") return "full";
      this.#rotated(file);
    }
    if (this.#isOld(file)) this.#rotated(file); // what little there is cannot be taken off; it is as good as new
    file.owesCut = !this.#extent(file, log).cutsHeads && file.from > 0;
    return "done";
  }

  /**
   * A file of which only room was freed keeps growing in length, though not on the disk. As soon as nobody has it open
   * it can begin anew.
   */
  async beginAnew(file: OwnFile, signal: AbortSignal): Promise<void> {
    using log = this.#deps.surgery.open(file.path);
    if (file.limits.maxFiles > 1) await this.#cutter.empty(file, log, true, signal);
  }

  #extent(file: OwnFile, log: OpenLog) {
    const cutsHeads = this.#deps.surgery.cutsHeads && file.mode !== "empty";
    return { sizeBytes: file.sizeBytes, from: file.from, blockBytes: log.blockBytes, cutsHeads };
  }

  async #take(file: OwnFile, log: OpenLog, step: RotationStep, signal: AbortSignal): Promise<"done" | "full"> {
    if (step.kind === "drop-all") this.#cutter.emptyUnkept(file, log);
    else if (step.kind === "drop") this.#cutter.drop(file, log, step.to);
    else if (await this.#copy(file, log, step, signal) === "full") return "full";
    await this.#cutter.cut(file, log);
    return "done";
  }

  /** On a full disk the oldest files make room for the newer ones, as they would have before long. */
  async #copy(
    file: OwnFile,
    log: OpenLog,
    step: Extract<RotationStep, { kind: "copy" | "copy-all" }>,
    signal: AbortSignal,
  ): Promise<"done" | "full"> {
    for (;;) {
      const result = step.kind === "copy"
        ? await this.#cutter.copyOut(file, log, step.to, signal)
        : await this.#cutter.empty(file, log, false, signal);
      if (result !== "full") return "done";
      if (file.slots.length === 0) return "full";
      removeOldest(file.path, file.slots);
    }
  }

  #rotated(file: OwnFile): void {
    file.turns++;
    file.rotatedMs = this.#deps.nowMs();
    file.times.prune(file.slots.at(-1)?.start ?? file.base + file.from);
  }

  #isOld(file: OwnFile): boolean {
    const { maxAgeMs } = file.limits;
    return maxAgeMs > 0 && file.liveBytes > 0 && this.#deps.nowMs() - file.rotatedMs >= maxAgeMs;
  }
}
