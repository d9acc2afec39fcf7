import { AppError } from "../../../core/mod.ts";
import type { HistorySeries, SamplesHistory } from "../../../protocol/mod.ts";
import { COARSE_STEP_MS, FINE_SPAN_MS, Track } from "./track.ts";

export interface HistoryQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of one step of the answer; by default as fine as what is remembered of that time. */
  readonly stepMs: number | undefined;
  /** Which lines, by the name that `lineName` gives. */
  readonly wants: (name: string) => boolean;
}

/** What is said of a series besides its points. */
export type Describe = (series: string) => { readonly unit?: string; readonly instance?: string } | undefined;

const MAX_STEPS = 20_000;
const MAX_VALUES = 2_000_000;

/** Remembers points of all collectors in a fixed amount of memory, of which one collector gets half at most. */
export class History {
  #maxBytes: number;
  readonly #describe: Describe;
  readonly #tracks = new Map<string, Track>();

  constructor(maxBytes: number, describe: Describe) {
    this.#maxBytes = maxBytes;
    this.#describe = describe;
  }

  /** Where the points of one collector go: as before, unless its interval is another one now. */
  track(collector: string, intervalMs: number): Track {
    const before = this.#tracks.get(collector);
    if (before?.intervalMs === intervalMs) return before;
    this.#tracks.delete(collector);
    const grant = (moreBytes: number, ownBytes: number) =>
      this.usage().bytes + moreBytes <= this.#maxBytes && ownBytes <= this.#maxBytes / 2;
    const track = new Track(intervalMs, grant);
    this.#tracks.set(collector, track);
    return track;
  }

  /** Forgets the collectors that are not among these. */
  keepOnly(collectors: readonly string[], maxBytes: number): void {
    this.#maxBytes = maxBytes;
    for (const name of [...this.#tracks.keys()]) if (!collectors.includes(name)) this.#tracks.delete(name);
  }

  usage(): { bytes: number; maxBytes: number; series: number; refused: number } {
    const sum = { bytes: 0, maxBytes: this.#maxBytes, series: 0, refused: 0 };
    for (const { bytes, series, refused } of this.#tracks.values()) {
      sum.bytes += bytes;
      sum.series += series;
      sum.refused += refused;
    }
    return sum;
  }

  query({ fromMs, toMs, stepMs, wants }: HistoryQuery, nowMs: number): SamplesHistory {
    const fine = fromMs >= nowMs - FINE_SPAN_MS && (stepMs ?? 0) < COARSE_STEP_MS;
    const step = stepMs ?? (fine ? this.#finestStep(wants) : COARSE_STEP_MS);
    const steps = Math.ceil((toMs - fromMs) / step);
    if (!(toMs > fromMs)) throw new AppError("invalid_input", "from must be before to");
    if (steps > MAX_STEPS) throw tooMuch(`${steps} steps`);
    const lines = [...this.#wantedLines(wants)];
    if (lines.length * steps > MAX_VALUES) throw tooMuch(`${lines.length} series of ${steps} steps`);
    return {
      fromMs,
      toMs,
      stepMs: step,
      timesMs: Array.from({ length: steps }, (_, index) => fromMs + index * step),
      series: lines.map(({ track, index, name, unit }) => {
        const steady = new Steps(fromMs, step, steps);
        track.collect(index, fine, steady);
        return { name, ...(unit === undefined ? {} : { unit }), ...steady.values() };
      }),
    };
  }

  #finestStep(wants: (name: string) => boolean): number {
    const steps = [...this.#wantedLines(wants)].map(({ track }) => track.stepMs);
    return steps.length === 0 ? COARSE_STEP_MS : Math.min(...steps);
  }

  *#wantedLines(wants: (name: string) => boolean) {
    for (const track of this.#tracks.values()) {
      for (const { series, instance, index } of track.lines()) {
        const { unit, instance: label } = this.#describe(series) ?? {};
        const name = lineName(series, label, instance);
        if (wants(name) || wants(series)) yield { track, index, name, unit };
      }
    }
  }
}

/** `disk.used_percent{mount="/"}`; a series without instances is its own line. */
export function lineName(series: string, label: string | undefined, instance: string | undefined): string {
  return instance === undefined ? series : `${series}{${label ?? "instance"}=${JSON.stringify(instance)}}`;
}

function tooMuch(what: string): AppError {
  return new AppError("invalid_input", `The answer would have ${what}; ask for a larger step or fewer series`);
}

/** Gathers points into steps of equal width. */
class Steps {
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #sum: Float64Array;
  readonly #seen: Uint32Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;

  constructor(fromMs: number, stepMs: number, steps: number) {
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
    this.#sum = new Float64Array(steps);
    this.#seen = new Uint32Array(steps);
    this.#min = new Float64Array(steps).fill(Infinity);
    this.#max = new Float64Array(steps).fill(-Infinity);
  }

  add(timeMs: number, min: number, mean: number, max: number): void {
    const at = Math.floor((timeMs - this.#fromMs) / this.#stepMs);
    if (!(at >= 0 && at < this.#seen.length)) return;
    this.#sum[at] = (this.#sum[at] ?? 0) + mean;
    this.#seen[at] = (this.#seen[at] ?? 0) + 1;
    this.#min[at] = Math.min(this.#min[at] ?? min, min);
    this.#max[at] = Math.max(this.#max[at] ?? max, max);
  }

  values(): Pick<HistorySeries, "mean" | "min" | "max"> {
    const known = (of: (at: number) => number) =>
      Array.from(this.#seen, (count, at) => count === 0 ? null : rounded(of(at)));
    return {
      mean: known((at) => (this.#sum[at] ?? 0) / (this.#seen[at] ?? 1)),
      min: known((at) => this.#min[at] ?? 0),
      max: known((at) => this.#max[at] ?? 0),
    };
  }
}

/** What is remembered has seven digits; the digits that follow are noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
