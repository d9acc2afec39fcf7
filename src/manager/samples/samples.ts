import type { Clock } from "../../core/mod.ts";
import { FLEET_SERIES, type HostSamples, type SampleRow } from "../../protocol/mod.ts";
import { ChunkPool } from "./chunk_pool.ts";
import { HostRings } from "./host_rings.ts";
import { queryRange, type RangeQuery } from "./range.ts";
import { chooseResolution, COARSE_SPAN_MS, FULL_RESOLUTION, type Resolution } from "./resolution.ts";

export interface SamplesOptions {
  readonly clock: Clock;
  /** Memory for all rows of all hosts. */
  readonly maxBytes?: number;
  /** Of a host before its interval is set. */
  readonly intervalMs?: number;
}

export interface LatestRow {
  readonly timeMs: number;
  /** In the order of FLEET_SERIES; NaN where nothing was measured. The array is used again for the next row. */
  readonly values: Float64Array;
}

export interface SamplesReport {
  readonly hosts: number;
  readonly usedBytes: number;
  readonly heldBytes: number;
  readonly maxBytes: number;
  /** The last hour keeps one reading of so many. */
  readonly fineFactor: number;
  /** The last day keeps one mean of so long. */
  readonly coarseStepMs: number;
  /** Whether that is less than an hour at the interval and a day by the minute. */
  readonly isLowered: boolean;
  /** Rows that were not kept: too old, of the future, or without memory. */
  readonly refusedRows: number;
  /** Chunks of older rows that gave way to newer ones at the limit. */
  readonly evictedChunks: number;
}

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
const DEFAULT_INTERVAL_MS = 10_000;
/** A clock that is ahead by more would push the present out of the ring. */
const MAX_AHEAD_MS = 5 * 60_000;
/** Two readings that are not further apart have none between them. */
const CONTIGUOUS_INTERVALS = 2.5;

interface Host {
  readonly rings: HostRings;
  readonly latest: { timeMs: number; readonly values: Float64Array };
  intervalMs: number;
  /** Up to when there is nothing more to be had of the time before. */
  haveMs: number;
  /** Whether all that the host had kept for us has come since it connected. */
  isCaughtUp: boolean;
}

/** What the manager remembers of the hosts' samples. Ids are the hub's; a host is known from its first use on. */
export class Samples {
  readonly #clock: Clock;
  readonly #defaultIntervalMs: number;
  readonly #maxBytes: number;
  readonly #pool: ChunkPool;
  readonly #hosts = new Map<string, Host>();
  readonly #byInterval = new Map<number, number>();
  readonly #row = new Float64Array(FLEET_SERIES.length);
  #resolution: Resolution = FULL_RESOLUTION;
  #refusedRows = 0;
  #evictedChunks = 0;

  constructor({ clock, maxBytes = DEFAULT_MAX_BYTES, intervalMs = DEFAULT_INTERVAL_MS }: SamplesOptions) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#defaultIntervalMs = intervalMs;
    this.#pool = new ChunkPool(FLEET_SERIES.length, maxBytes);
  }

  /** A host has connected: from when on it is to tell what we have missed; null for all that it has. */
  connected(hostId: string, intervalMs: number): number | null {
    const host = this.#hostOf(hostId);
    host.isCaughtUp = false;
    this.#setInterval(host, intervalMs);
    return Number.isFinite(host.haveMs) ? host.haveMs : null;
  }

  setInterval(hostId: string, intervalMs: number): void {
    const host = this.#hosts.get(hostId);
    if (host !== undefined && host.intervalMs !== intervalMs) this.#setInterval(host, intervalMs);
  }

  /** A live reading. False when its time is none that is kept. */
  put(hostId: string, { timeMs, values }: SampleRow): boolean {
    const host = this.#hostOf(hostId);
    if (!this.#keep(host, timeMs, values)) return false;
    if (timeMs >= host.latest.timeMs) {
      host.latest.timeMs = timeMs;
      host.latest.values.set(this.#row);
    }
    // Beyond a gap that the host may still fill, the present does not count as "all until here".
    const isNext = timeMs - host.haveMs <= CONTIGUOUS_INTERVALS * host.intervalMs;
    if (host.isCaughtUp || isNext) host.haveMs = Math.max(host.haveMs, timeMs);
    return true;
  }

  /** What a host had kept for us, oldest first; `isLast` when it has no more. Gives how many were kept. */
  backfill(hostId: string, rows: readonly SampleRow[], isLast: boolean): number {
    const host = this.#hostOf(hostId);
    let kept = 0;
    for (const { timeMs, values } of rows) {
      if (!this.#keep(host, timeMs, values)) continue;
      kept++;
      host.haveMs = Math.max(host.haveMs, timeMs);
    }
    if (!isLast) return kept;
    host.isCaughtUp = true;
    if (host.latest.timeMs > host.haveMs) host.haveMs = host.latest.timeMs;
    return kept;
  }

  /** Null when there is none yet, or it has left the ring. */
  latest(hostId: string): LatestRow | null {
    const latest = this.#hosts.get(hostId)?.latest;
    return latest === undefined || latest.timeMs < this.#clock.nowMs() - COARSE_SPAN_MS ? null : latest;
  }

  /** Empty for a host of which nothing is known. */
  query(hostId: string, query: RangeQuery): HostSamples {
    const rings = this.#hosts.get(hostId)?.rings ?? new HostRings(this.#pool, () => {});
    const nowMs = this.#clock.nowMs();
    const fromMs = Math.max(query.fromMs, nowMs - COARSE_SPAN_MS);
    const toMs = Math.max(fromMs, Math.min(query.toMs, nowMs + MAX_AHEAD_MS));
    return queryRange(rings, FLEET_SERIES, { ...query, fromMs, toMs }, nowMs);
  }

  remove(hostId: string): void {
    const host = this.#hosts.get(hostId);
    if (host === undefined) return;
    host.rings.drop();
    this.#hosts.delete(hostId);
    this.#count(host.intervalMs, -1);
    this.#choose();
  }

  /** Gives back what has become too old, as of hosts that are gone; now and then is often enough. */
  prune(): void {
    const nowMs = this.#clock.nowMs();
    for (const { rings } of this.#hosts.values()) rings.prune(nowMs);
  }

  report(): SamplesReport {
    return {
      hosts: this.#hosts.size,
      usedBytes: this.#pool.usedBytes,
      heldBytes: this.#pool.heldBytes,
      maxBytes: this.#maxBytes,
      ...this.#resolution,
      isLowered: this.#resolution !== FULL_RESOLUTION,
      refusedRows: this.#refusedRows,
      evictedChunks: this.#evictedChunks,
    };
  }

  #keep(host: Host, timeMs: number, values: readonly (number | null)[]): boolean {
    const nowMs = this.#clock.nowMs();
    const isInTime = timeMs > nowMs - COARSE_SPAN_MS && timeMs <= nowMs + MAX_AHEAD_MS;
    if (!isInTime) {
      this.#refusedRows++;
      return false;
    }
    for (let column = 0; column < this.#row.length; column++) {
      const value = values[column] ?? NaN;
      this.#row[column] = Number.isFinite(Math.fround(value)) ? value : NaN;
    }
    host.rings.keepAt(host.intervalMs, this.#resolution);
    const isKept = host.rings.put(timeMs, this.#row, nowMs);
    if (!isKept) this.#refusedRows++;
    return isKept;
  }

  #hostOf(hostId: string): Host {
    const known = this.#hosts.get(hostId);
    if (known !== undefined) return known;
    const host: Host = {
      rings: new HostRings(this.#pool, () => this.#evictedChunks++),
      latest: { timeMs: -Infinity, values: new Float64Array(FLEET_SERIES.length).fill(NaN) },
      intervalMs: this.#defaultIntervalMs,
      haveMs: -Infinity,
      isCaughtUp: false,
    };
    this.#hosts.set(hostId, host);
    this.#count(host.intervalMs, 1);
    this.#choose();
    return host;
  }

  #setInterval(host: Host, intervalMs: number): void {
    this.#count(host.intervalMs, -1);
    host.intervalMs = intervalMs;
    this.#count(intervalMs, 1);
    this.#choose();
  }

  #count(intervalMs: number, change: number): void {
    const hosts = (this.#byInterval.get(intervalMs) ?? 0) + change;
    if (hosts > 0) this.#byInterval.set(intervalMs, hosts);
    else this.#byInterval.delete(intervalMs);
  }

  #choose(): void {
    this.#resolution = chooseResolution(this.#byInterval, this.#pool.maxChunks, this.#resolution);
  }
}
