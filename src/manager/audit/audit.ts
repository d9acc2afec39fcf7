import { AppError, type Clock, oneLine, toAppError } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import type { AuditEntry, AuditVerification } from "../../protocol/mod.ts";
import { CHAIN_START, type ChainEnd, linked } from "./chain.ts";
import { safeDetails, safeText } from "./details.ts";
import type { AuditOptions, AuditQuery, AuditStore, NewAuditEntry } from "./ports.ts";
import { verifyChain } from "./verify.ts";

interface Waiting {
  readonly entry: Omit<AuditEntry, "seq" | "hash">;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

/** Where the chain ends if the write that was tried last has happened. */
interface Attempt {
  end: ChainEnd | null;
}

/** How many entries are written at once. */
const GROUP = 200;
const MAX_WAITING = 2_000;
const MAX_LIST = 1_000;
/** Between tries, when the store cannot be reached for a moment or somebody else has written. */
const RETRY_MS = [50, 200, 1_000, 3_000] as const;
const TEXT = { actor: 200, address: 64, action: 80, subject: 300, hostId: 64 } as const;

/**
 * The log of who has done what, from where, to which host, with what result. Each entry carries a hash over itself and
 * the one before, so that none can be changed, left out or moved without all that follow being written anew.
 *
 * Entries that come while others are being written wait and are written together, in the order in which they came.
 */
export class Audit {
  readonly #store: AuditStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #writing: StateLog;
  #waiting: Waiting[] = [];
  #drain: Promise<void> | undefined;
  /** Undefined when what the store has must be asked. */
  #end: ChainEnd | undefined;
  /** The farthest that was seen to be written. */
  #written: ChainEnd = CHAIN_START;
  #stopping = new AbortController();
  #isStopped = false;

  constructor({ store, clock, log }: AuditOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#writing = createStateLog(log, clock, "writing the audit");
  }

  /** A component that, when it stops, writes what waits; what comes later is refused. */
  component(dependsOn: readonly string[] = []) {
    return {
      name: "audit",
      dependsOn,
      start: (signal: AbortSignal): Promise<void> => this.#start(signal),
      stop: (signal: AbortSignal): Promise<void> => this.#stop(signal),
    };
  }

  /** Resolves when the entry is safe. Rejects when it could not be written; the log has its essence then. */
  record(entry: NewAuditEntry): Promise<void> {
    if (this.#isStopped) return Promise.reject(this.#lost(entry, "the manager stops"));
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(this.#lost(entry, "too many entries wait"));
    return new Promise((resolve, reject) => {
      const refuse = (error: AppError) => reject(this.#lost(entry, error.message, error));
      this.#waiting.push({ entry: this.#prepared(entry), resolve, reject: refuse });
      this.#drain ??= this.#writeAll();
    });
  }

  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEntry[]> {
    return this.#store.list({ ...query, limit: Math.min(Math.max(1, query.limit), MAX_LIST) });
  }

  /** Walks all; with millions of entries that takes minutes. */
  verify(signal?: AbortSignal): Promise<AuditVerification> {
    return verifyChain(this.#store, { clock: this.#clock, knownEnd: this.#written, ...signal && { signal } });
  }

  /** How many wait to be written; for the manager's own metrics. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async #start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#isStopped = false;
    this.#stopping = new AbortController();
    const last = await this.#store.last();
    this.#written = last === null ? CHAIN_START : { seq: last.seq, hash: last.hash };
    // In the log files it stands beside the database: who writes the whole chain anew does not fit them any more.
    this.#log.info("audit begins", { entries: this.#written.seq, hash: this.#written.hash });
  }

  async #stop(signal: AbortSignal): Promise<void> {
    if (this.#isStopped) return await this.#drain;
    this.#isStopped = true;
    const giveUp = () => this.#stopping.abort();
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    await this.#drain;
    signal.removeEventListener("abort", giveUp);
    const { seq, hash } = this.#written;
    this.#log.info("audit ends", { entries: seq, hash });
  }

  #prepared(entry: NewAuditEntry): Waiting["entry"] {
    const text = (key: keyof typeof TEXT) => safeText(oneLine(entry[key] ?? "", TEXT[key]));
    return {
      timeMs: Math.trunc(this.#clock.nowMs()),
      ...{ actor: text("actor"), address: text("address"), action: text("action"), subject: text("subject") },
      ...entry.hostId !== undefined && { hostId: text("hostId") },
      result: entry.result,
      details: safeDetails(entry.details ?? {}) as Record<string, unknown>,
    };
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP);
      try {
        await this.#write(group.map(({ entry }) => entry));
        this.#writing.recovered();
        for (const { resolve } of group) resolve();
      } catch (thrown) {
        const error = toAppError(thrown);
        this.#writing.failed(error.message);
        for (const { reject } of group) reject(error);
      }
    }
    // Here, not when the promise has settled: whoever is told in between and records the next must not wait for nobody.
    this.#drain = undefined;
  }

  async #write(entries: readonly Waiting["entry"][]): Promise<void> {
    const attempt: Attempt = { end: null };
    for (let tries = 0;; tries++) {
      try {
        return await this.#append(entries, attempt);
      } catch (thrown) {
        const error = toAppError(thrown);
        const pauseMs = RETRY_MS[tries];
        const isPassing = error.retryable || error.code === "conflict";
        if (!isPassing || pauseMs === undefined || this.#stopping.signal.aborted) throw error;
        await this.#clock.sleep(pauseMs, this.#stopping.signal).catch(() => {
          // The time to stop is over; one last try.
        });
      }
    }
  }

  /** A write that has failed may have happened after all, so the store is asked where the chain ends. */
  async #append(entries: readonly Waiting["entry"][], attempt: Attempt): Promise<void> {
    let end: ChainEnd = this.#end ?? await this.#store.last() ?? CHAIN_START;
    this.#end = undefined;
    if (end.hash === attempt.end?.hash) return this.#reached(attempt.end);
    const chained = entries.map((entry) => {
      const next = linked(entry, end);
      end = next;
      return next;
    });
    attempt.end = { seq: end.seq, hash: end.hash };
    await this.#store.append(chained);
    this.#reached(attempt.end);
  }

  #reached(end: ChainEnd): void {
    this.#end = this.#written = end;
  }

  /** What was done is done, so at least the log must tell of it. */
  #lost({ actor, action, subject, result }: NewAuditEntry, reason: string, cause?: AppError): AppError {
    this.#log.error("an audit entry could not be written", {
      ...{ actor, action, subject: safeText(subject), result, reason },
    });
    const message = `What was done could not be written to the audit: ${reason}`;
    return new AppError("unavailable", message, { retryable: cause?.retryable ?? true, cause });
  }
}
