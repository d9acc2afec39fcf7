import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import { MAX_BACKFILL_ROWS, REPORT_PATHS } from "../../protocol/mod.ts";
import { nextRows } from "./backfill.ts";
import type { LinkMemory } from "./link_contract.ts";
import type { SamplesPort } from "./ports.ts";

export interface BackfillerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly samples: SamplesPort;
  readonly memory: LinkMemory;
  readonly call: (path: string, body: unknown) => Promise<unknown>;
  /** Aborts when the connection has ended. */
  readonly ended: AbortSignal;
}

/** Tells the manager of the time without a connection, one request after each heartbeat, so that those are never late. */
export class Backfiller {
  readonly #series: readonly string[];
  readonly #options: BackfillerOptions;
  readonly #state: StateLog;
  #underWay: Promise<void> | null = null;

  constructor(series: readonly string[], options: BackfillerOptions) {
    this.#series = series;
    this.#options = options;
    this.#state = createStateLog(options.log, options.clock, "telling the manager of the time without it");
  }

  /** Sends the next of it, unless something is on its way still. */
  step(intervalMs: number): void {
    if (this.#options.memory.unfilled === null) return;
    this.#underWay ??= this.#send(intervalMs).finally(() => this.#underWay = null);
  }

  async settled(): Promise<void> {
    await this.#underWay;
  }

  async #send(stepMs: number): Promise<void> {
    const { samples, memory, call, ended } = this.#options;
    const gap = memory.unfilled;
    if (gap === null) return;
    try {
      const limit = MAX_BACKFILL_ROWS;
      const { rows, rest } = nextRows(samples.past(this.#series, { ...gap, stepMs }), gap, { limit, stepMs });
      if (rows.length > 0) await call(REPORT_PATHS.backfill, { rows });
      this.#state.recovered();
      memory.unfilled = rest;
    } catch (error) {
      if (ended.aborted) return; // the next connection goes on
      this.#state.failed(messageOf(error));
      // It will not take them later either.
      if (error instanceof AppError && (error.code === "not_found" || error.code === "invalid_input")) {
        memory.unfilled = null;
      }
    }
  }
}
