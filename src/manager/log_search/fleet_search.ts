import { AppError, type Clock, type ErrorCode, oneLine, toAppError } from "../../core/mod.ts";
import {
  type FleetSearchEnd,
  type FleetSearchLine,
  type FleetSearchProgress,
  SEARCH_INCOMPLETE,
  type SearchEnd,
  type SearchHost,
  type SearchHostState,
  type SearchIncomplete,
  type SearchLine,
} from "../../protocol/mod.ts";
import { Bell } from "./bell.ts";
import { FleetMerge } from "./fleet_merge.ts";
import { type HostSearchOptions, searchHost } from "./host_search.ts";
import type { HostsPort } from "./ports.ts";

export interface SearchedHost {
  readonly id: string;
  readonly name: string;
}

export interface FleetSearchRequest
  extends Pick<HostSearchOptions, "query" | "actor" | "requestId" | "timeoutMs" | "limit"> {
  readonly hosts: readonly SearchedHost[];
  /** Asked before a host is: the asker may have lost the right to see it since. */
  maySee(hostId: string): boolean;
}

export interface FleetSearchDeps {
  readonly hosts: HostsPort;
  readonly clock: Clock;
}

/** Hosts that search at the same time. */
const HOSTS_AT_ONCE = 32;
const PROGRESS_MS = 1_000;
/** However many hosts there are, and however many of them hang. */
const MAX_SEARCH_MS = 15 * 60_000;
const MAX_MESSAGE = 300;
const MAX_PROBLEMS = 20;
/** With these a host was not asked at all, or has nothing that could be searched. */
const STATES: Readonly<Partial<Record<ErrorCode, SearchHostState>>> = {
  host_offline: "offline",
  not_found: "skipped",
  unsupported: "skipped",
};

/** How a host is doing, as far as it is known. */
interface Progress {
  readonly host: SearchedHost;
  state: SearchHostState | "waiting";
  matches: number;
  scannedBytes: number;
  files: number;
}

/** One search over many hosts. */
export class FleetSearch {
  readonly #request: FleetSearchRequest;
  readonly #deps: FleetSearchDeps;
  readonly #merge: FleetMerge;
  readonly #bell: Bell;
  readonly #all: readonly Progress[];
  readonly #aborts = new Map<string, AbortController>();
  /** Changes of hosts that were not sent yet. */
  readonly #changes: SearchHost[] = [];
  readonly #incomplete = new Set<SearchIncomplete>();
  #reachedMs = -Infinity;
  #sent = 0;
  #over = 0;
  #isLate = false;

  constructor(request: FleetSearchRequest, deps: FleetSearchDeps) {
    this.#request = request;
    this.#deps = deps;
    const { clock } = deps;
    this.#bell = new Bell(clock);
    this.#merge = new FleetMerge({
      hostIds: request.hosts.map(({ id }) => id),
      limit: request.limit,
      startedMs: clock.monotonicMs(),
      nowMs: clock.nowMs(),
    });
    this.#all = request.hosts.map((host) => ({ host, state: "waiting", matches: 0, scannedBytes: 0, files: 0 }));
  }

  /** Asks the hosts, and gives what they find in order. Whoever leaves, or aborts, ends it on all of them. */
  async *run(signal: AbortSignal): AsyncGenerator<FleetSearchLine, void> {
    const { clock } = this.#deps;
    const left = new AbortController();
    const either = AbortSignal.any([signal, left.signal]);
    const endMs = clock.monotonicMs() + MAX_SEARCH_MS;
    const working = this.#work(either);
    let toldMs = clock.monotonicMs();
    try {
      while (!this.#isDone) {
        yield* this.#ready();
        const nowMs = clock.monotonicMs();
        if (nowMs >= endMs) this.#giveUp();
        if (nowMs - toldMs >= PROGRESS_MS) {
          toldMs = nowMs;
          yield this.#progress();
        }
        if (this.#isDone) break;
        const dueMs = Math.min(this.#merge.dueMs ?? Infinity, toldMs + PROGRESS_MS, endMs);
        await this.#bell.wait(Math.max(1, dueMs - nowMs), either);
      }
      yield* this.#ready();
      yield this.#end();
    } finally {
      left.abort(new AppError("cancelled", "The search is not waited for any more"));
      await working;
    }
  }

  get #isDone(): boolean {
    return this.#over === this.#all.length;
  }

  /** What can be sent now. */
  *#ready(): Generator<FleetSearchLine, void> {
    for (;;) {
      const change = this.#changes.shift();
      const next = change ?? this.#merge.take(this.#deps.clock.monotonicMs());
      if (next === null) return;
      if (next.type === "match") this.#sent++;
      yield next;
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    const waiting = this.#all.values();
    const worker = async () => {
      for (const progress of waiting) await this.#searchOne(progress, signal);
    };
    await Promise.all(Array.from({ length: Math.min(HOSTS_AT_ONCE, this.#all.length) }, worker));
  }

  /** Never rejects: what is wrong with a host is told of that host. */
  async #searchOne(progress: Progress, signal: AbortSignal): Promise<void> {
    const { host } = progress;
    if (signal.aborted) return;
    if (this.#isLate) return this.#ended(progress, "failed", "it was not asked: the search took too long");
    if (!this.#request.maySee(host.id)) return this.#ended(progress, "skipped", "it is not yours to see any more");
    if (!this.#merge.isUseful(host.id)) return this.#ended(progress, "cancelled");
    const own = new AbortController();
    this.#aborts.set(host.id, own);
    this.#changed(progress, "searching");
    try {
      await this.#follow(progress, AbortSignal.any([signal, own.signal]));
    } catch (error) {
      if (own.signal.aborted) {
        this.#ended(progress, this.#isLate ? "failed" : "cancelled", this.#isLate ? "it took too long" : undefined);
      } else if (!signal.aborted) this.#failed(progress, error);
    } finally {
      this.#aborts.delete(host.id);
    }
  }

  async #follow(progress: Progress, signal: AbortSignal): Promise<void> {
    const { clock, hosts } = this.#deps;
    const lines = searchHost(progress.host.id, { ...this.#request, hosts, clock }, signal);
    for (;;) {
      const { done, value } = await lines.next();
      if (done === true) return this.#completed(progress, value);
      this.#take(progress, value);
    }
  }

  #take(progress: Progress, line: Exclude<SearchLine, SearchEnd>): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const { id: hostId, name } = progress.host;
    if (line.type === "match") {
      progress.matches++;
      this.#merge.add({ ...line, host: name, hostId }, nowMs);
    } else {
      progress.scannedBytes = Math.max(progress.scannedBytes, line.scannedBytes);
      progress.files = Math.max(progress.files, line.files);
      this.#merge.reached(hostId, line.reachedMs ?? Infinity, nowMs);
    }
    this.#stopUseless();
    this.#bell.ring();
  }

  #completed(progress: Progress, { scannedBytes, files, incomplete, reachedMs, problems }: SearchEnd): void {
    Object.assign(progress, { scannedBytes, files });
    if (incomplete !== undefined) this.#incomplete.add(incomplete);
    if (reachedMs !== undefined) this.#reachedMs = Math.max(this.#reachedMs, reachedMs);
    const told = problems?.slice(0, MAX_PROBLEMS).map((problem) => oneLine(problem, MAX_MESSAGE));
    this.#ended(progress, "done", undefined, {
      ...(incomplete !== undefined && { incomplete }),
      ...(told !== undefined && { problems: told }),
    });
  }

  #failed(progress: Progress, thrown: unknown): void {
    const error = toAppError(thrown);
    const state = STATES[error.code] ?? "failed";
    const message = error.code === "internal" ? "something failed inside" : oneLine(error.message, MAX_MESSAGE);
    if (state !== "skipped") this.#incomplete.add("hosts");
    this.#ended(progress, state, message);
  }

  #ended(progress: Progress, state: SearchHostState, message?: string, more: Partial<SearchHost> = {}): void {
    const { matches, scannedBytes, files, host } = progress;
    const wasAsked = progress.state === "searching";
    if (state === "cancelled") this.#incomplete.add("limit");
    if (state === "failed") this.#incomplete.add("hosts");
    this.#over++;
    this.#merge.over(host.id);
    this.#changed(progress, state, {
      ...(message !== undefined && { message }),
      ...(wasAsked && { matches, scannedBytes, files }),
      ...more,
    });
  }

  #changed(progress: Progress, state: SearchHostState, more: Partial<SearchHost> = {}): void {
    progress.state = state;
    const { id: hostId, name: host } = progress.host;
    this.#changes.push({ type: "host", host, hostId, state, ...more });
    this.#bell.ring();
  }

  /** Hosts that have come to what is older than all that is wanted. */
  #stopUseless(): void {
    for (const [hostId, abort] of this.#aborts) {
      if (!this.#merge.isUseful(hostId)) abort.abort(new AppError("cancelled", "There are enough newer matches"));
    }
  }

  /** Hosts that are under way are ended, and those that wait are not asked any more. */
  #giveUp(): void {
    this.#isLate = true;
    for (const abort of this.#aborts.values()) abort.abort(new AppError("timeout", "The search took too long"));
  }

  #totals() {
    const states: Record<string, number> = {};
    let [scannedBytes, files] = [0, 0];
    for (const progress of this.#all) {
      states[progress.state] = (states[progress.state] ?? 0) + 1;
      scannedBytes += progress.scannedBytes;
      files += progress.files;
    }
    return { matches: this.#sent, scannedBytes, files, hosts: this.#all.length, states };
  }

  #progress(): FleetSearchProgress {
    const reachedMs = this.#merge.boundMs;
    return { type: "progress", ...this.#totals(), ...(Number.isFinite(reachedMs) && { reachedMs }) };
  }

  #end(): FleetSearchEnd {
    const { lost } = this.#merge;
    if (lost !== null) this.#incomplete.add(lost);
    const incomplete = SEARCH_INCOMPLETE.find((reason) => this.#incomplete.has(reason));
    const reachedMs = this.#reachedMs;
    return {
      type: "end",
      ...this.#totals(),
      ...(incomplete !== undefined && { incomplete }),
      ...(Number.isFinite(reachedMs) && { reachedMs }),
    };
  }
}
