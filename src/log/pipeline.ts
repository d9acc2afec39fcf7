import type { Clock } from "../core/mod.ts";
import { LOG_LEVELS, type LogFields, type LogLevel } from "./logger.ts";
import { type PlainFields, plainFields } from "./plain.ts";
import { type RateLimit, RateLimiter, type RecordKind, type Suppressed } from "./rate_limiter.ts";
import type { LogRecord, Sink } from "./record.ts";
import { fit } from "./text_budget.ts";

/** Together with time and level these keep a record within 64 KiB. */
const MESSAGE_LIMIT_BYTES = 8 * 1024;
const FIELDS_LIMIT_BYTES = 40 * 1024;
const BOUND_LIMIT_BYTES = 8 * 1024;
const COMPONENT_LIMIT_BYTES = 256;

/** What a child logger adds to each of its records. */
export interface Bound {
  readonly component?: string;
  readonly fields: PlainFields;
}

export interface PipelineOptions {
  readonly level: LogLevel;
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
  readonly rateLimit?: RateLimit | null;
}

/** What a root logger and all its descendants share: the level, the rate limit and the sinks. */
export class Pipeline {
  /** Records of a level whose rank is lower are not wanted. */
  lowestRank = 0;
  readonly #sinks: readonly Sink[];
  readonly #clock: Clock;
  #limiter: RateLimiter | undefined;
  #windowWatch: AbortController | undefined;
  #closed = false;

  constructor(options: PipelineOptions) {
    this.#sinks = options.sinks;
    this.#clock = options.clock;
    this.setLevel(options.level);
    this.setRateLimit(options.rateLimit ?? null);
  }

  get level(): LogLevel {
    return LOG_LEVELS[this.lowestRank] ?? "error";
  }

  setLevel(level: LogLevel): void {
    this.lowestRank = rankOf(level);
  }

  setRateLimit(limit: RateLimit | null): void {
    this.#tellSuppressed();
    this.#windowWatch?.abort();
    this.#windowWatch = undefined;
    this.#limiter = limit === null ? undefined : new RateLimiter(limit);
  }

  /** `fields` on top of what is bound already, made plain once and for all. */
  bind(bound: Bound, fields: LogFields): Bound {
    const own = this.#plain(fields);
    const component = typeof own.component === "string" ? fitComponent(own.component) : bound.component;
    const all = { ...bound.fields, ...withoutComponent(own) };
    const bounded = plainFields(all, { limitBytes: BOUND_LIMIT_BYTES, stacks: true });
    return component === undefined ? { fields: bounded } : { component, fields: bounded };
  }

  log(level: LogLevel, message: string, fields: LogFields | undefined, bound: Bound): void {
    if (this.#closed) return;
    try {
      const component = typeof fields?.component === "string" ? fields.component : bound.component;
      const msg = fit(String(message), { leftBytes: MESSAGE_LIMIT_BYTES });
      const kind: RecordKind = component === undefined
        ? { level, msg }
        : { level, msg, component: fitComponent(component) };
      if (!this.#admit(kind)) return;
      const own = fields === undefined ? {} : withoutComponent(this.#plain(fields));
      this.#emit(kind, { ...bound.fields, ...own });
    } catch {
      // A record that cannot be made is lost rather than the work that it would have told of.
    }
  }

  eachSink(act: (sink: Sink) => void): void {
    for (const sink of this.#sinks) {
      try {
        act(sink);
      } catch {
        // Logging must not fail its caller, and there is nowhere to log this; a sink accounts for its own losses.
      }
    }
  }

  flush(): void {
    this.#tellSuppressed();
    this.eachSink((sink) => sink.flush?.());
  }

  close(): void {
    if (this.#closed) return;
    this.#tellSuppressed();
    this.#windowWatch?.abort();
    this.#closed = true;
    this.eachSink((sink) => sink.close());
  }

  #plain(fields: LogFields): PlainFields {
    return plainFields(fields, { limitBytes: FIELDS_LIMIT_BYTES, stacks: this.level === "debug" });
  }

  #admit(kind: RecordKind): boolean {
    if (this.#limiter === undefined) return true;
    const { kept, closed } = this.#limiter.admit(kind, this.#clock.monotonicMs());
    this.#tell(closed);
    if (!kept && this.#windowWatch === undefined) this.#watchWindows(this.#limiter);
    return kept;
  }

  #emit(kind: RecordKind, fields: PlainFields): void {
    const record: LogRecord = { tsMs: this.#clock.nowMs(), ...kind, fields };
    this.eachSink((sink) => sink.write(record));
  }

  #tell(suppressed: readonly Suppressed[]): void {
    for (const { count, msg, ...source } of suppressed) {
      this.#emit({ ...source, msg: "suppressed similar records" }, { message: msg, count });
    }
  }

  #tellSuppressed(): void {
    this.#tell(this.#limiter?.drain() ?? []);
  }

  /** Tells of each window that has suppressed something when it ends; runs only while there are such windows. */
  #watchWindows(limiter: RateLimiter): void {
    const watch = new AbortController();
    this.#windowWatch = watch;
    const run = async () => {
      for (let endMs = limiter.nextEndMs(); endMs !== undefined; endMs = limiter.nextEndMs()) {
        await this.#clock.sleep(Math.max(0, endMs - this.#clock.monotonicMs()), watch.signal);
        this.#tell(limiter.ended(this.#clock.monotonicMs()));
      }
      this.#windowWatch = undefined;
    };
    run().catch(() => {
      // Only `sleep` rejects, when the watch was called off; whoever did so has told what was suppressed.
    });
  }
}

export function rankOf(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}

function fitComponent(component: string): string {
  return fit(component, { leftBytes: COMPONENT_LIMIT_BYTES });
}

/** The component is part of what a record is; the rest is what it carries. */
function withoutComponent(fields: PlainFields): PlainFields {
  if (typeof fields.component !== "string") return fields;
  const { component: _, ...rest } = fields;
  return rest;
}
