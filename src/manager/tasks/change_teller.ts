import { type Clock, messageOf } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { Task } from "../../protocol/mod.ts";
import type { TaskRecord } from "./ports.ts";

const TELL_EVERY_MS = 250;

/** Tells listeners which tasks have changed, each once in a while as it is by then. */
export class ChangeTeller {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #viewOf: (record: TaskRecord) => Task;
  readonly #listeners = new Set<(tasks: readonly Task[]) => void>();
  readonly #changed = new Map<string, TaskRecord>();
  #isWaiting = false;

  constructor(clock: Clock, log: Logger, viewOf: (record: TaskRecord) => Task) {
    this.#clock = clock;
    this.#log = log;
    this.#viewOf = viewOf;
  }

  add(listener: (tasks: readonly Task[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(record: TaskRecord, signal: AbortSignal): void {
    if (this.#listeners.size === 0) return;
    this.#changed.set(record.id, record);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#clock.sleep(TELL_EVERY_MS, signal).then(() => this.#tell(), () => this.#forget());
  }

  #forget(): void {
    this.#isWaiting = false;
    this.#changed.clear();
  }

  #tell(): void {
    const tasks = [...this.#changed.values()].map(this.#viewOf);
    this.#forget();
    for (const listener of this.#listeners) {
      try {
        listener(tasks);
      } catch (error) {
        this.#log.error("a listener to tasks failed", { reason: messageOf(error) });
      }
    }
  }
}
