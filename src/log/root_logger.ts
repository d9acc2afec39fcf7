import type { LogFields, Logger, LogLevel } from "./logger.ts";
import { type Bound, Pipeline, type PipelineOptions, rankOf } from "./pipeline.ts";
import type { RateLimit } from "./rate_limiter.ts";

/** Level, sinks, clock, and the rate limit, whose absence keeps every record. */
export type LoggerOptions = PipelineOptions;

/** The logger that owns the sinks. All its descendants share its level and its rate limit. */
export interface RootLogger extends Logger {
  readonly level: LogLevel;
  setLevel(level: LogLevel): void;
  setRateLimit(limit: RateLimit | null): void;
  /** Takes log files anew by their names, as SIGUSR2 asks for. */
  reopen(): void;
  /** Tells what was suppressed so far and has the sinks make their records durable. */
  flush(): void;
  /** Flushes and closes the sinks; later records are dropped. Leaves no timer behind. */
  close(): void;
}

export function createLogger(options: LoggerOptions): RootLogger {
  return new Root(new Pipeline(options), { fields: {} });
}

const DEBUG = rankOf("debug");
const INFO = rankOf("info");
const WARN = rankOf("warn");

class BoundLogger implements Logger {
  protected readonly pipeline: Pipeline;
  readonly #bound: Bound;

  constructor(pipeline: Pipeline, bound: Bound) {
    this.pipeline = pipeline;
    this.#bound = bound;
  }

  debug(message: string, fields?: LogFields): void {
    if (this.pipeline.lowestRank <= DEBUG) this.pipeline.log("debug", message, fields, this.#bound);
  }

  info(message: string, fields?: LogFields): void {
    if (this.pipeline.lowestRank <= INFO) this.pipeline.log("info", message, fields, this.#bound);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.pipeline.lowestRank <= WARN) this.pipeline.log("warn", message, fields, this.#bound);
  }

  error(message: string, fields?: LogFields): void {
    this.pipeline.log("error", message, fields, this.#bound);
  }

  child(fields: LogFields): Logger {
    return new BoundLogger(this.pipeline, this.pipeline.bind(this.#bound, fields));
  }

  enabled(level: LogLevel): boolean {
    return rankOf(level) >= this.pipeline.lowestRank;
  }
}

class Root extends BoundLogger implements RootLogger {
  get level(): LogLevel {
    return this.pipeline.level;
  }

  setLevel(level: LogLevel): void {
    this.pipeline.setLevel(level);
  }

  setRateLimit(limit: RateLimit | null): void {
    this.pipeline.setRateLimit(limit);
  }

  reopen(): void {
    this.pipeline.eachSink((sink) => sink.reopen?.());
  }

  flush(): void {
    this.pipeline.flush();
  }

  close(): void {
    this.pipeline.close();
  }
}
