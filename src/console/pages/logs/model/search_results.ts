import type { FleetSearchLine, FleetSearchMatch, SearchHost } from "../../../../protocol/mod.ts";

/** A match with its number, by which the page knows it again. */
export interface Hit {
  readonly id: number;
  readonly match: FleetSearchMatch;
}

export interface SearchTotals {
  readonly matches: number;
  readonly scannedBytes: number;
  readonly files: number;
  readonly hosts: number;
  readonly states: Readonly<Record<string, number>>;
  readonly reachedMs?: number;
}

const NO_TOTALS: SearchTotals = { matches: 0, scannedBytes: 0, files: 0, hosts: 0, states: {} };
/** The manager sends somewhat more than the limit that it is asked for; no more than that is held. */
const MAX_HITS = 12_000;
const MAX_HOSTS = 2_000;

/** What a search has come to so far. Its answer comes line by line, the newest matches first but for those that are late. */
export class SearchResults {
  #hits: Hit[] = [];
  #nextId = 1;
  readonly #hosts = new Map<string, SearchHost>();
  #totals = NO_TOTALS;
  #end: Extract<FleetSearchLine, { type: "end" }> | null = null;

  /** Newest first; those without a time where the manager has put them. */
  get hits(): readonly Hit[] {
    return this.#hits;
  }

  get hosts(): readonly SearchHost[] {
    return [...this.#hosts.values()];
  }

  get totals(): SearchTotals {
    return this.#totals;
  }

  /** What it ended with; null while it goes on, or when it was cut off. */
  get end(): Extract<FleetSearchLine, { type: "end" }> | null {
    return this.#end;
  }

  get isOver(): boolean {
    return this.#end !== null;
  }

  /** True where hits that were there before have other places now. */
  take(lines: readonly FleetSearchLine[]): boolean {
    let isReordered = false;
    for (const line of lines) {
      if (line.type === "match") isReordered = this.#add(line) || isReordered;
      else if (line.type === "host") this.#takeHost(line);
      else if (line.type === "progress" || line.type === "end") {
        const { matches, scannedBytes, files, hosts, states, reachedMs } = line;
        this.#totals = { matches, scannedBytes, files, hosts, states, ...(reachedMs !== undefined && { reachedMs }) };
        if (line.type === "end") this.#end = line;
      }
    }
    return isReordered;
  }

  /** The hit with this number. */
  hit(id: number): Hit | undefined {
    return this.#hits.find((each) => each.id === id);
  }

  /** As the manager sends them, so are they shown; one that is late goes before the first that is older. */
  #add(match: FleetSearchMatch): boolean {
    if (this.#hits.length >= MAX_HITS) return false;
    const hit = { id: this.#nextId++, match };
    const { late, timeMs } = match;
    const place = late === true && timeMs !== undefined
      ? this.#hits.findIndex((each) => (each.match.timeMs ?? Infinity) < timeMs)
      : -1;
    if (place < 0) this.#hits.push(hit);
    else this.#hits.splice(place, 0, hit);
    return place >= 0;
  }

  #takeHost(host: SearchHost): void {
    if (this.#hosts.has(host.hostId) || this.#hosts.size < MAX_HOSTS) this.#hosts.set(host.hostId, host);
  }
}

/** How many hosts have come to an end, in whatever way. */
export function hostsDone({ states, hosts }: SearchTotals): number {
  const open = (states["waiting"] ?? 0) + (states["searching"] ?? 0);
  return Math.max(0, hosts - open);
}
