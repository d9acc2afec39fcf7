/** What simulated hosts measure: numbers that wander as those of real hosts do. */
import { FLEET_SERIES, type FleetSeries, type SampleRow } from "../src/protocol/mod.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

const RANGES: Readonly<Record<FleetSeries, Range>> = {
  "cpu.usage_percent": { from: 0, to: 100 },
  "memory.used_percent": { from: 20, to: 95 },
  "memory.swap_used_percent": { from: 0, to: 30 },
  "disk.used_percent": { from: 10, to: 90 },
  "disk.read_bytes_per_second": { from: 0, to: 2e8 },
  "disk.write_bytes_per_second": { from: 0, to: 2e8 },
  "network.receive_bytes_per_second": { from: 0, to: 1e8 },
  "network.transmit_bytes_per_second": { from: 0, to: 1e8 },
  "load.load1": { from: 0, to: 16 },
  "self.cpu_percent": { from: 0, to: 1 },
  "self.rss_bytes": { from: 20e6, to: 60e6 },
};
/** How far a value goes in one step, as part of its range. */
const STEP = 0.05;

/** One host's readings. */
export class WanderingRows {
  readonly #random: () => number;
  readonly #places = new Float64Array(FLEET_SERIES.length);

  constructor(random: () => number) {
    this.#random = random;
    for (let at = 0; at < this.#places.length; at++) this.#places[at] = random();
  }

  next(series: readonly string[], timeMs: number): SampleRow {
    for (let at = 0; at < this.#places.length; at++) {
      const place = (this.#places[at] ?? 0) + (this.#random() - 0.5) * 2 * STEP;
      this.#places[at] = Math.min(1, Math.max(0, place));
    }
    return { timeMs, values: series.map((name) => this.#valueOf(name)) };
  }

  /** Null for a series that this simulator does not know. */
  #valueOf(name: string): number | null {
    const at = FLEET_SERIES.indexOf(name as FleetSeries);
    const place = this.#places[at];
    if (place === undefined) return null;
    const { from, to } = RANGES[name as FleetSeries];
    return Number((from + (to - from) * place).toPrecision(7)); // as many digits as an agent tells
  }
}
