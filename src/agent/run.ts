import { dirname } from "node:path";
import { AppError, buildInfo, ERRORS, systemClock, toAppError } from "../core/mod.ts";
import type { Config, LoadedConfig } from "../config/mod.ts";
import type { StopReport as LifecycleReport } from "../lifecycle/mod.ts";
import { createLogger, fileSink, jsonFormat, type RootLogger, streamSink, textFormat } from "../log/mod.ts";
import { ensurePrivateDir, fileError, onSignal } from "../platform/mod.ts";
import { composeAgent, rateLimitOf } from "./compose.ts";

export interface RunOptions {
  /** Reads the config; called again for each reload. */
  readonly load: () => Promise<LoadedConfig>;
  /** What goes to the terminal, besides the log file. */
  readonly print: "text" | "json" | "nothing";
  readonly colour: boolean;
}

const INTERRUPTED = ERRORS.cancelled.exit;

/**
 * Runs the agent until it is told to stop; gives the code to exit with. A failure to start is thrown, after everything
 * that had started was stopped.
 */
export async function runAgent(options: RunOptions): Promise<number> {
  const loaded = await options.load();
  const log = openLog(loaded.config, options);
  try {
    return await new AgentRun(options, loaded, log).untilStopped();
  } catch (error) {
    log.error("agent failed", { error });
    throw error;
  } finally {
    log.close();
  }
}

class AgentRun {
  readonly #log: RootLogger;
  readonly #parts: ReturnType<typeof composeAgent>;
  readonly #loaded: LoadedConfig;
  readonly #ended = Promise.withResolvers<number>();
  #stop: Promise<LifecycleReport> | undefined;

  constructor(options: RunOptions, loaded: LoadedConfig, log: RootLogger) {
    this.#log = log;
    this.#loaded = loaded;
    this.#parts = composeAgent({
      loaded,
      load: options.load,
      log,
      clock: systemClock,
      beginStop: (reason, timeoutMs) => void this.#beginStop(reason, timeoutMs),
    });
  }

  async untilStopped(): Promise<number> {
    const unhook = this.#hook();
    try {
      this.#announce();
      await this.#start();
      return await this.#ended.promise;
    } finally {
      unhook();
    }
  }

  #announce(): void {
    const { version, commit, target } = buildInfo();
    const { file, warnings, config } = this.#loaded;
    this.#log.info("agent starting", {
      version,
      commit,
      target,
      pid: Deno.pid,
      config: file,
      workDir: config.agent.work_dir,
    });
    for (const warning of warnings) this.#log.warn("config warning", { warning });
  }

  async #start(): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    try {
      await this.#parts.lifecycle.start(new AbortController().signal);
      const { socket, listen } = this.#loaded.config.agent.control;
      const ms = Math.round(systemClock.monotonicMs() - startedMs);
      this.#log.info("agent ready", { ms, socket, ...(listen === "" ? {} : { listen }) });
    } catch (error) {
      if (toAppError(error).code !== "cancelled") throw error; // otherwise it was told to stop while it started
    }
  }

  /** Stops once, however often it is asked; being asked again can only bring the deadline forward. */
  #beginStop(reason: string, timeoutMs?: number): Promise<LifecycleReport> {
    if (this.#stop !== undefined && timeoutMs !== undefined) void this.#parts.lifecycle.stop({ timeoutMs });
    return this.#stop ??= this.#stopAll(
      reason,
      timeoutMs ?? this.#parts.reloader.current().config.agent.stop_timeout.ms,
    );
  }

  async #stopAll(reason: string, timeoutMs: number): Promise<LifecycleReport> {
    this.#log.info("agent stopping", { reason });
    const report = await this.#parts.lifecycle.stop({ timeoutMs });
    const { stuck, failed, durationMs } = report;
    this.#log.info("agent stopped", { ms: Math.round(durationMs), stuck, failed: failed.map(({ name }) => name) });
    this.#ended.resolve(stuck.length > 0 ? ERRORS.timeout.exit : 0);
    return report;
  }

  /** Listens to signals and to errors that nothing caught; the function that is returned ends that. */
  #hook(): () => void {
    let interrupts = 0;
    const unhookSignals = onSignal({
      terminate: (signal) => {
        if (signal === "SIGINT" && ++interrupts === 2) this.#ended.resolve(INTERRUPTED);
        void this.#beginStop(signal);
      },
      reload: () => void this.#parts.reloader.reload().catch(() => {}), // it has logged why
      reopen: () => {
        this.#log.reopen();
        this.#log.info("log files reopened");
      },
    });
    const onError = (event: ErrorEvent) => this.#survive(event, event.error);
    const onRejection = (event: PromiseRejectionEvent) => this.#survive(event, event.reason);
    addEventListener("error", onError);
    addEventListener("unhandledrejection", onRejection);
    return () => {
      unhookSignals();
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onRejection);
    };
  }

  /** A fault in one part must not end the supervision of all others. */
  #survive(event: Event, error: unknown): void {
    event.preventDefault();
    this.#log.error("unexpected error", { error });
  }
}

function openLog(config: Config, { print, colour }: RunOptions): RootLogger {
  const { level, file, max_size: maxSize, max_files: maxFiles } = config.agent.log;
  ensurePrivateDir(config.agent.work_dir); // before the log can be made in it with the rights of a log
  ensureWritable(file);
  const sinks = [fileSink({ path: file, maxBytes: maxSize.bytes, keep: maxFiles - 1, clock: systemClock })];
  if (print !== "nothing") sinks.push(streamSink(Deno.stderr, print === "json" ? jsonFormat : textFormat({ colour })));
  return createLogger({ level, sinks, clock: systemClock, rateLimit: rateLimitOf(config) });
}

/** The file sink forgives a full or lost disk later on; a log that never worked is a mistake to be told at once. */
function ensureWritable(path: string): void {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    using file = Deno.openSync(path, { append: true, create: true, mode: 0o640 });
    if (file.statSync().isDirectory) throw new Error("it is a directory"); // which Windows opens all the same
  } catch (error) {
    const { code, message } = fileError("write the log", path, error);
    throw new AppError(code, `${message}, or set agent.log.file elsewhere`, { cause: error });
  }
}
