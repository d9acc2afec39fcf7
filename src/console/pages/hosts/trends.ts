import { type Signal, signal } from "@preact/signals";
import type { HostSamples, HostView } from "../../../protocol/mod.ts";

/** What the small lines of the table show of a host: ten minutes, in steps of ten seconds; null is a gap. */
export const TREND_SERIES = ["cpu", "memory", "disk", "network"] as const;
export type TrendSeries = (typeof TREND_SERIES)[number];
export type Trend = Readonly<Record<TrendSeries, readonly (number | null)[]>>;

export const TREND_STEP_MS = 10_000;
export const TREND_POINTS = 60;
/** Who scrolls through thousands of hosts leaves no more than these behind. */
const MAX_HOSTS = 300;
/** More than are in view at once; of rows that were scrolled past, nobody wants to know. */
const MAX_WAITING = 60;
const SETTLE_MS = 150;
const AGAIN_MS = 15_000;
const AT_ONCE = 4;
const NONE: readonly null[] = Array.from({ length: TREND_POINTS }, () => null);
const EMPTY: Trend = { cpu: NONE, memory: NONE, disk: NONE, network: NONE };

type Load = (hostId: string, signal: AbortSignal) => Promise<HostSamples>;

interface Entry {
  readonly trend: Signal<Trend>;
  /** Which step the last value is of. */
  step: number | null;
  /** From when on it may be asked for; never again when it was. */
  askFromMs: number;
}

/** Histories of the hosts that are looked at: asked for when a row appears, and gone on with by what is told live. */
export class Trends {
  readonly #load: Load;
  readonly #entries = new Map<string, Entry>();
  /** The one wanted last is loaded first: it is the one that is in view. */
  #waiting: string[] = [];
  #underWay = 0;
  readonly #left = new AbortController();
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Of a row that is shown; asks for it once. */
  of(hostId: string): Trend {
    const entry = this.#entryOf(hostId);
    if (performance.now() >= entry.askFromMs) {
      entry.askFromMs = Infinity;
      this.#waiting = [...this.#waiting.slice(1 - MAX_WAITING), hostId];
      clearTimeout(this.#settled);
      this.#settled = setTimeout(() => this.#next(), SETTLE_MS);
    }
    return entry.trend.value;
  }

  /** Hosts as they have become. */
  take(changed: readonly HostView[]): void {
    for (const { id, latest } of changed) {
      const entry = this.#entries.get(id);
      if (entry === undefined || latest === undefined) continue;
      const step = Math.floor(latest.timeMs / TREND_STEP_MS);
      entry.trend.value = advanced(entry.trend.peek(), entry.step, step, trendValues(latest.values));
      entry.step = Math.max(step, entry.step ?? step);
    }
  }

  close(): void {
    this.#left.abort();
    clearTimeout(this.#settled);
    this.#waiting = [];
  }

  #entryOf(hostId: string): Entry {
    const entry = this.#entries.get(hostId) ?? { trend: signal(EMPTY), step: null, askFromMs: 0 };
    this.#entries.delete(hostId);
    this.#entries.set(hostId, entry);
    if (this.#entries.size > MAX_HOSTS) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }

  #next(): void {
    while (this.#underWay < AT_ONCE) {
      const hostId = this.#waiting.pop();
      if (hostId === undefined) return;
      this.#underWay++;
      this.#ask(hostId).finally(() => {
        this.#underWay--;
        this.#next();
      });
    }
  }

  async #ask(hostId: string): Promise<void> {
    const entry = this.#entries.get(hostId);
    if (entry === undefined || this.#left.signal.aborted) return;
    try {
      const found = await this.#load(hostId, this.#left.signal);
      const [lastMs = 0] = found.timesMs.slice(-1);
      entry.trend.value = merged(trendOf(found), Math.floor(lastMs / TREND_STEP_MS), entry.trend.peek(), entry.step);
      entry.step = Math.max(entry.step ?? 0, Math.floor(lastMs / TREND_STEP_MS));
    } catch {
      // The line then begins now, and the figures beside it are there anyway; a row that is still shown asks again.
      entry.askFromMs = performance.now() + AGAIN_MS;
    }
  }
}

/** With a value for one step; steps between that nothing was told for are gaps. An earlier one changes nothing. */
export function advanced(
  trend: Trend,
  lastStep: number | null,
  step: number,
  values: Readonly<Record<TrendSeries, number | null>>,
): Trend {
  if (lastStep !== null && step < lastStep) return trend;
  const shift = lastStep === null ? 0 : Math.min(TREND_POINTS, step - lastStep);
  return mapped((series) => {
    const kept = trend[series].slice(shift);
    const gaps = NONE.slice(0, Math.max(0, TREND_POINTS - kept.length));
    return [...kept, ...gaps].with(-1, values[series]);
  });
}

/** What was asked for, and over it what has been told meanwhile. */
function merged(asked: Trend, askedStep: number, told: Trend, toldStep: number | null): Trend {
  if (toldStep === null) return asked;
  const shift = toldStep - askedStep;
  return mapped((series) => told[series].map((value, at) => value ?? asked[series][at + shift] ?? null));
}

export function trendOf({ timesMs, series }: HostSamples): Trend {
  const valuesOf = (name: string) => series.find((each) => each.name === name)?.values ?? [];
  const last = (values: readonly (number | null)[]) => [...NONE, ...values].slice(-TREND_POINTS);
  const [received, sent] = [valuesOf(NETWORK[0]), valuesOf(NETWORK[1])];
  return {
    cpu: last(valuesOf("cpu.usage_percent")),
    memory: last(valuesOf("memory.used_percent")),
    disk: last(valuesOf("disk.used_percent")),
    network: last(timesMs.map((_, at) => sum(received[at], sent[at]))),
  };
}

const NETWORK = ["network.receive_bytes_per_second", "network.transmit_bytes_per_second"] as const;

export function trendValues(values: Readonly<Record<string, number>>): Record<TrendSeries, number | null> {
  return {
    cpu: values["cpu.usage_percent"] ?? null,
    memory: values["memory.used_percent"] ?? null,
    disk: values["disk.used_percent"] ?? null,
    network: sum(values[NETWORK[0]], values[NETWORK[1]]),
  };
}

/** Null only where neither was measured. */
function sum(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined ? b ?? null : a + (b ?? 0);
}

function mapped(make: (series: TrendSeries) => readonly (number | null)[]): Trend {
  return { cpu: make("cpu"), memory: make("memory"), disk: make("disk"), network: make("network") };
}
