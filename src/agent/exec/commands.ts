import { AppError, type Clock, messageOf } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { ExecEnd, ExecReport, ExecRequest } from "../../protocol/mod.ts";
import { KeptOutput } from "./kept_output.ts";
import { type Outputs, shownProgram } from "./outputs.ts";

export interface CommandsOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who asks for a command. */
export interface CommandCaller {
  /** For the log: `owner` of this host, or `manager`. */
  readonly by: string;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
}

/** More at a time than anybody needs, and few enough that they cannot use up what the agent itself needs. */
export const MAX_COMMANDS = 16;
const DEFAULT_OUTPUT_BYTES = 64 * 1024;

/** The component `exec`: commands that are run for a caller who waits for them. What it takes to run one is read then. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #running = new Set<Promise<unknown>>();
  #leaving = new AbortController();

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#leaving.abort(notNow());
  }

  component(dependsOn: readonly string[]): Component {
    return { name: "exec", dependsOn, start: (signal) => this.#start(signal), stop: () => this.#stop() };
  }

  /** Runs one to its end and gives the beginning of each output. */
  async run(request: ExecRequest, { by, signal }: CommandCaller): Promise<ExecReport> {
    const kept = { stdout: this.#kept(request), stderr: this.#kept(request) };
    const outputs: Outputs = { take: (output, chunk) => kept[output].add(chunk) };
    const end = await this.follow(request, outputs, { by, signal });
    return {
      ...end,
      stdout: kept.stdout.text(),
      stderr: kept.stderr.text(),
      truncated: kept.stdout.isTruncated || kept.stderr.isTruncated,
    };
  }

  /** Runs one and hands its outputs out as they come. */
  async follow(request: ExecRequest, outputs: Outputs, { by, signal }: CommandCaller): Promise<ExecEnd> {
    this.#leaving.signal.throwIfAborted();
    signal.throwIfAborted();
    if (this.#running.size >= MAX_COMMANDS) {
      const message = `Cannot run the command: ${MAX_COMMANDS} commands run already; wait until one has ended`;
      throw new AppError("rate_limited", message, { retryable: true });
    }
    const running = this.#follow(request, outputs, { by, signal: AbortSignal.any([signal, this.#leaving.signal]) });
    this.#running.add(running);
    return await running.finally(() => this.#running.delete(running));
  }

  async #follow(request: ExecRequest, outputs: Outputs, { by, signal }: CommandCaller): Promise<ExecEnd> {
    const { log, clock } = this.#options;
    const fields = {
      program: shownProgram(request.argv),
      by,
      ...(request.user !== undefined && { user: request.user }),
    };
    try {
      const { CommandProcess } = await import("./command_process.ts");
      signal.throwIfAborted();
      const process = new CommandProcess(request, clock);
      log.info("command started", fields);
      outputs.begun?.();
      const end = { ...await process.run(outputs, signal), truncated: false };
      log.info("command ended", { ...fields, ...end });
      return end;
    } catch (error) {
      log.info("command not completed", { ...fields, reason: messageOf(error) });
      throw error;
    }
  }

  #kept({ maxOutputBytes = DEFAULT_OUTPUT_BYTES }: ExecRequest): KeptOutput {
    return new KeptOutput(maxOutputBytes);
  }

  #start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#leaving = new AbortController();
    });
  }

  async #stop(): Promise<void> {
    this.#leaving.abort(notNow());
    await Promise.allSettled(this.#running);
  }
}

function notNow(): AppError {
  return new AppError("unavailable", "Cannot run the command: the agent is starting or stopping", { retryable: true });
}
