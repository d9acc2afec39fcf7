import { dirname } from "node:path";
import { AppError, buildInfo, ERRORS, systemClock, toAppError } from "../core/mod.ts";
import type { Loaded } from "../config/mod.ts";
import {
  createLogger,
  fileSink,
  jsonFormat,
  type LogFields,
  type LogLevel,
  type RateLimit,
  type RootLogger,
  streamSink,
  textFormat,
} from "../log/mod.ts";
import { ensurePrivateDir, fileError, onSignal } from "../platform/mod.ts";
import type { ProgramWords } from "./words.ts";

export interface RunOptions<C> {
  /** Reads the config; called again for each reload, and to try out settings before they are put in force. */
  readonly load: (settings?: Readonly<Record<string, unknown>>) => Promise<Loaded<C>>;
  /** What goes to the terminal, besides the log file. */
  readonly print: "text" | "json" | "nothing";
  readonly colour: boolean;
}

/** Where a program keeps its files and its log, as its config says. */
export interface ProgramPlace {
  readonly dir: string;
  readonly log: {
    readonly level: LogLevel;
    readonly file: string;
    readonly maxBytes: number;
    /** Files besides the current one. */
    readonly keep: number;
    readonly rateLimit: RateLimit | null;
  };
}

/** What the parts of a program tell of their stop; see lifecycle's report. */
interface StopReport {
  readonly stuck: readonly string[];
  readonly failed: readonly { readonly name: string }[];
  readonly durationMs: number;
}

/** A program that has been put together, as far as running it needs to know. */
export interface ProgramParts {
  start(signal: AbortSignal): Promise<void>;
  /** Never rejects; a second call joins the first and can only bring its deadline forward. */
  stop(options: { readonly timeoutMs: number }): Promise<StopReport>;
  reload(): Promise<unknown>;
  /** Of the config in force. */
  stopTimeoutMs(): number;
  /** What the log says of it once it is ready. */
  readyFields(): LogFields;
}

export interface ComposeInput<C> {
  readonly loaded: Loaded<C>;
  readonly load: RunOptions<C>["load"];
  readonly log: RootLogger;
  /** Begins the program's stop, as a signal does, without waiting for it. */
  readonly beginStop: (reason: string, timeoutMs: number | undefined) => void;
}

export interface Program<C> {
  readonly words: ProgramWords;
  placeOf(config: C): ProgramPlace;
  /** Builds every part; starts nothing. */
  compose(input: ComposeInput<C>): ProgramParts;
}

const INTERRUPTED = ERRORS.cancelled.exit;

/**
 * Runs a program until it is told to stop; gives the code to exit with. A failure to start is thrown, after everything
 * that had started was stopped.
 */
export async function runProgram<C>(program: Program<C>, options: RunOptions<C>): Promise<number> {
  const loaded = await options.load();
  const place = program.placeOf(loaded.config);
  const log = openLog(place, program.words, options);
  try {
    return await new Run(program, { ...options, loaded, place, log }).untilStopped();
  } catch (error) {
    log.error(`${program.words.name} failed`, { error });
    throw error;
  } finally {
    log.close();
  }
}

interface RunSubject<C> extends Pick<RunOptions<C>, "load"> {
  readonly loaded: Loaded<C>;
  readonly place: ProgramPlace;
  readonly log: RootLogger;
}

class Run<C> {
  readonly #name: string;
  readonly #subject: RunSubject<C>;
  readonly #log: RootLogger;
  readonly #parts: ProgramParts;
  readonly #ended = Promise.withResolvers<number>();
  #stop: Promise<StopReport> | undefined;

  constructor({ words, compose }: Program<C>, subject: RunSubject<C>) {
    const { loaded, load, log } = subject;
    this.#name = words.name;
    this.#subject = subject;
    this.#log = log;
    const beginStop = (reason: string, timeoutMs: number | undefined) => void this.#beginStop(reason, timeoutMs);
    this.#parts = compose({ loaded, load, log, beginStop });
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
    const { loaded: { file, warnings }, place } = this.#subject;
    this.#log.info(`${this.#name} starting`, {
      version,
      commit,
      target,
      pid: Deno.pid,
      config: file,
      [this.#name === "agent" ? "workDir" : "dataDir"]: place.dir,
    });
    for (const warning of warnings) this.#log.warn("config warning", { warning });
  }

  async #start(): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    try {
      await this.#parts.start(new AbortController().signal);
      const ms = Math.round(systemClock.monotonicMs() - startedMs);
      this.#log.info(`${this.#name} ready`, { ms, ...this.#parts.readyFields() });
    } catch (error) {
      if (toAppError(error).code !== "cancelled") throw error; // otherwise it was told to stop while it started
    }
  }

  /** Stops once, however often it is asked; being asked again can only bring the deadline forward. */
  #beginStop(reason: string, timeoutMs?: number): Promise<StopReport> {
    if (this.#stop !== undefined && timeoutMs !== undefined) void this.#parts.stop({ timeoutMs });
    return this.#stop ??= this.#stopAll(reason, timeoutMs ?? this.#parts.stopTimeoutMs());
  }

  async #stopAll(reason: string, timeoutMs: number): Promise<StopReport> {
    this.#log.info(`${this.#name} stopping`, { reason });
    const report = await this.#parts.stop({ timeoutMs });
    const { stuck, failed, durationMs } = report;
    const names = failed.map(({ name }) => name);
    this.#log.info(`${this.#name} stopped`, { ms: Math.round(durationMs), stuck, failed: names });
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
      reload: () => void this.#parts.reload().catch(() => {}), // it has logged why
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

  /** A fault in one part must not end all others. */
  #survive(event: Event, error: unknown): void {
    event.preventDefault();
    this.#log.error("unexpected error", { error });
  }
}

function openLog<C>({ dir, log }: ProgramPlace, words: ProgramWords, { print, colour }: RunOptions<C>): RootLogger {
  const { level, file, maxBytes, keep, rateLimit } = log;
  ensurePrivateDir(dir); // before the log can be made in it with the rights of a log
  ensureWritable(file, words.logFileKey);
  const sinks = [fileSink({ path: file, maxBytes, keep, clock: systemClock })];
  if (print !== "nothing") sinks.push(streamSink(Deno.stderr, print === "json" ? jsonFormat : textFormat({ colour })));
  return createLogger({ level, sinks, clock: systemClock, rateLimit });
}

/** The file sink forgives a full or lost disk later on; a log that never worked is a mistake to be told at once. */
function ensureWritable(path: string, key: string): void {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    using file = Deno.openSync(path, { append: true, create: true, mode: 0o640 });
    if (file.statSync().isDirectory) throw new Error("it is a directory"); // which Windows opens all the same
  } catch (error) {
    const { code, message } = fileError("write the log", path, error);
    throw new AppError(code, `${message}, or set ${key} elsewhere`, { cause: error });
  }
}
