import type { Clock } from "../../../core/mod.ts";
import type { HeldFile } from "../reading/tree_reader.ts";

const LOOK_AGAIN_MS = 30_000;

/** A part that is read only so often; between, what was read last stands, with its problems. */
export class Seldom<T> {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #read: (problems: string[]) => T;
  #last: { readonly value: T; readonly problems: readonly string[]; readonly atMs: number } | null = null;

  constructor(clock: Clock, everyMs: number, read: (problems: string[]) => T) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#read = read;
  }

  get(problems: string[]): T {
    const atMs = this.#clock.monotonicMs();
    if (this.#last === null || atMs - this.#last.atMs >= this.#everyMs) {
      const own: string[] = [];
      this.#last = { value: this.#read(own), problems: own, atMs };
    }
    problems.push(...this.#last.problems);
    return this.#last.value;
  }
}

/** A file that many hosts do not have: looking for it costs more than reading one that is there. */
export class OptionalFile {
  readonly #clock: Clock;
  readonly #file: HeldFile;
  #absentAtMs: number | null = null;

  constructor(clock: Clock, file: HeldFile) {
    this.#clock = clock;
    this.#file = file;
  }

  text(): string | null {
    const atMs = this.#clock.monotonicMs();
    if (this.#absentAtMs !== null && atMs - this.#absentAtMs < LOOK_AGAIN_MS) return null;
    const text = this.#file.text();
    this.#absentAtMs = text === null ? atMs : null;
    return text;
  }

  close(): void {
    this.#file.close();
  }
}
