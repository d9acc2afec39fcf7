import { AppError, messageOf, systemClock } from "../core/mod.ts";
import type { ApiClient, ApiRequest, EventsRequest, ServerEvent } from "../http/mod.ts";
import {
  isSameProcess,
  type ProcessIdentity,
  processIdentity,
  readPidFile,
  removePidFile,
  signalProcess,
  waitForExit,
} from "../platform/mod.ts";
import { type AgentStatus, agentStatus, type ComponentReport, type StopReport, stopReport } from "../protocol/mod.ts";
import { AGENT, type ProgramWords } from "../program/mod.ts";
import { Child } from "./child.ts";

export interface DaemonOptions {
  readonly client: ApiClient;
  readonly paths: { readonly pidFile: string; readonly socket: string };
  /** Starts this same program in the foreground with the same flags. */
  readonly runCommand: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** What an agent may take beyond its components' own deadline, for the last answer and the end of its process. */
  readonly stopGraceMs?: number;
}

export interface StartOptions {
  readonly workDir: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface StartOutcome<Status = AgentStatus> {
  readonly status: Status;
  /** True when what runs is another one than this start has spawned. */
  readonly alreadyRunning: boolean;
}

export interface StopOptions {
  readonly timeoutMs: number;
  /** Kills an agent that has not ended in time. */
  readonly force: boolean;
  /** Stops what it supervises as well, which otherwise goes on running. */
  readonly withProcesses?: boolean;
  readonly signal: AbortSignal;
}

export interface StopOutcome {
  readonly pid: number;
  /** Components that would not stop, each with the reason. */
  readonly unstopped: readonly ComponentReport[];
  /** True when it had to be killed. */
  readonly killed: boolean;
  /** What has become of the processes that it supervised; absent where it did not say. */
  readonly processes?: ProcessesLeft;
}

export type ProcessesLeft = NonNullable<StopReport["processes"]>;

export interface AskOptions extends ApiRequest {
  /** How long the answer may take, where the question is one that takes its time. */
  readonly timeoutMs?: number;
}

const POLL_MS = 10;
/** Until a start that has lost the race looks again: the winner may need a while to be seen. */
const LOST_POLL_MS = 100;
const ASK_TIMEOUT_MS = 5_000;
const STOP_GRACE_MS = 3_000;

/** How a program in the background is spoken of, and to. */
export interface DaemonFace<Status> {
  readonly words: ProgramWords;
  readonly statusPath: string;
  readStatus(answer: unknown): Status;
}

/** A program in the background: started, asked and stopped over its control socket and pid file. */
export class ProgramDaemon<Status extends { readonly pid: number }> {
  readonly #options: DaemonOptions;
  readonly #face: DaemonFace<Status>;

  constructor(options: DaemonOptions, face: DaemonFace<Status>) {
    this.#options = options;
    this.#face = face;
  }

  async status(): Promise<Status> {
    return this.#face.readStatus(await this.ask(this.#face.statusPath));
  }

  /** Asks for what the running program can tell or do; at once, unless it is allowed more. */
  async ask(path: string, { signal, timeoutMs = ASK_TIMEOUT_MS, ...request }: AskOptions = {}): Promise<unknown> {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
      return await this.#options.client.call(path, { ...request, signal: either });
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.#explain(error);
    }
  }

  /** What it tells from now on, until the signal aborts; it ends when the program does. `onOpen` is called when it has begun to answer. */
  follow(path: string, signal: AbortSignal, onOpen?: () => void): AsyncGenerator<ServerEvent, void> {
    return this.#open((client, request) => client.events(path, request), signal, onOpen);
  }

  /** The values of an answer of lines of JSON, as they come. */
  lines(path: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
    return this.#open((client, request) => client.jsonLines(path, request), signal);
  }

  /** An answer that goes on, and must begin at once. */
  async *#open<T>(
    ask: (client: ApiClient, request: EventsRequest) => AsyncGenerator<T, void>,
    signal: AbortSignal,
    onOpen?: () => void,
  ): AsyncGenerator<T, void> {
    const silence = new AbortController();
    const noAnswer = () => silence.abort(new DOMException("Nothing was answered.", "TimeoutError"));
    const timer = setTimeout(noAnswer, ASK_TIMEOUT_MS);
    const either = AbortSignal.any([signal, silence.signal]);
    const opened = () => {
      clearTimeout(timer);
      onOpen?.();
    };
    try {
      yield* ask(this.#options.client, { signal: either, onOpen: opened });
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#explain(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts it unless it runs already; resolves once it is ready. */
  async start({ workDir, timeoutMs, signal }: StartOptions): Promise<StartOutcome<Status>> {
    const { runCommand: argv, env } = this.#options;
    const { name } = this.#face.words;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let child: Child | undefined;
    let loserSaid = "";
    try {
      for (;;) {
        const lost = child?.hasLostTheRace() ?? false;
        const status = await this.#statusOnceReady(limit);
        if (status !== null) {
          if (status.pid === child?.pid) return { status, alreadyRunning: false };
          // Not before our own child has given up: were the other agent stopped now, it would become one after all.
          if (child === undefined || lost) return { status, alreadyRunning: true };
        } else {
          if (lost) loserSaid = child?.output() ?? "";
          if (lost) await systemClock.sleep(LOST_POLL_MS, limit);
          if ((child === undefined || lost) && !(await this.#runs())) {
            child = new Child({ argv, env, workDir, name });
          }
        }
        await systemClock.sleep(POLL_MS, limit);
      }
    } catch (error) {
      if (!limit.aborted) throw error;
      const reason = signal.aborted ? "" : child?.output() || loserSaid || await this.#notReadyBecause();
      child?.kill();
      signal.throwIfAborted();
      throw new AppError("timeout", `The ${name} was not ready within ${timeoutMs / 1000} s: ${reason}`);
    }
  }

  async #runs(): Promise<boolean> {
    return (await readPidFile(this.#options.paths.pidFile)).state === "running";
  }

  /** Null where none is ready, or where the one that was ready has gone or does not answer any more. */
  async #statusOnceReady(signal: AbortSignal): Promise<Status | null> {
    const { client } = this.#options;
    try {
      await client.call("/readyz", { signal });
      return this.#face.readStatus(await client.call(this.#face.statusPath, { signal }));
    } catch (error) {
      if (error instanceof AppError && (error.code === "not_running" || error.code === "unavailable")) return null;
      throw error;
    }
  }

  /** What one that said nothing itself answers to the question. */
  async #notReadyBecause(): Promise<string> {
    return await this.ask("/readyz").then(() => "it is ready only now", messageOf);
  }

  /** Stops it. Components that had to be given up are in the outcome; one that lives on is an error. */
  async stop(options: StopOptions): Promise<StopOutcome> {
    const { timeoutMs, force, signal } = options;
    const identity = await this.#identity();
    const { pid } = identity;
    const { stopGraceMs = STOP_GRACE_MS } = this.#options;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + stopGraceMs)]);
    const { components, processes } = await this.#askToStop(identity, options, deadline);
    const unstopped = components.filter(({ state }) => state !== "stopped");
    const outcome = { pid, unstopped, ...(processes === undefined ? {} : { processes }) };
    if (await endsBefore(identity, deadline)) return { ...outcome, killed: false };
    signal.throwIfAborted();
    if (!force) throw livesOn(this.#face.words, pid, timeoutMs, unstopped);
    signalProcess(identity, "SIGKILL");
    await waitForExit(identity, { signal });
    await removePidFile(this.#options.paths.pidFile, identity);
    return { ...outcome, killed: true };
  }

  /** Asks over the control socket, whose answer names what would not stop; failing that, by a signal. */
  async #askToStop(identity: ProcessIdentity, options: StopOptions, signal: AbortSignal): Promise<StopReport> {
    const { timeoutMs, force, withProcesses = false } = options;
    const body = { timeoutMs, ...(withProcesses ? { withProcesses } : {}) };
    try {
      return stopReport.parse(await this.#options.client.call("/v1/stop", { method: "POST", body, signal }));
    } catch (error) {
      if (error instanceof AppError && error.code === "forbidden") throw error;
      // A signal asks for the agent alone, and then nobody is left who could stop the processes.
      if (withProcesses && !force && !signal.aborted) throw cannotStopProcesses(identity.pid, error);
      askBySignal(identity);
      return { components: [] };
    }
  }

  /** Who is to be stopped: the pid file says, or else whoever answers on the control socket. */
  async #identity(): Promise<ProcessIdentity> {
    const found = await readPidFile(this.#options.paths.pidFile);
    if (found.state === "running") return found.identity;
    const identity = processIdentity((await this.status()).pid);
    if (identity === null) throw notRunning(this.#face.words, this.#options.paths.socket);
    return identity;
  }

  /** Tells one that is not there from one that is there and does not answer. */
  async #explain(error: unknown): Promise<unknown> {
    const silent = error instanceof DOMException || (error instanceof AppError && error.code === "not_running");
    if (!silent) return error;
    const { pidFile, socket } = this.#options.paths;
    const found = await readPidFile(pidFile);
    if (found.state !== "running") return notRunning(this.#face.words, socket);
    return new AppError(
      "unavailable",
      `The ${this.#face.words.name}, pid ${found.identity.pid}, runs but does not answer on ${socket}; see its log`,
      { cause: error, retryable: true },
    );
  }
}

/** The background agent as seen from a command. */
export class Daemon extends ProgramDaemon<AgentStatus> {
  constructor(options: DaemonOptions) {
    const readStatus = (answer: unknown) => agentStatus.parse(answer);
    super(options, { words: AGENT, statusPath: "/v1/status", readStatus });
  }
}

function notRunning({ name }: ProgramWords, socket: string): AppError {
  return new AppError("not_running", `The ${name} is not running: nothing answers on ${socket}`);
}

async function endsBefore(identity: ProcessIdentity, deadline: AbortSignal): Promise<boolean> {
  return await waitForExit(identity, { signal: deadline, pollMs: POLL_MS }).then(
    () => true,
    () => !isSameProcess(identity),
  );
}

function cannotStopProcesses(pid: number, cause: unknown): AppError {
  const remedy = '"agent stop" without --with-processes stops it alone, and the next start takes its processes over';
  return new AppError(
    "unavailable",
    `The agent, pid ${pid}, cannot be told to stop its processes: ${messageOf(cause)}; ${remedy}`,
    { cause },
  );
}

function livesOn(
  { name, command }: ProgramWords,
  pid: number,
  timeoutMs: number,
  unstopped: readonly ComponentReport[],
): AppError {
  const why = unstopped.length === 0 ? "it does not answer" : `these would not stop: ${namesOf(unstopped)}`;
  const remedy = `"${command} stop --force" kills it`;
  const message = `The ${name}, pid ${pid}, has not ended within ${timeoutMs / 1000} s (${why}); ${remedy}`;
  return new AppError("timeout", message, { details: { unstopped } });
}

export function namesOf(components: readonly ComponentReport[]): string {
  return components.map(({ name, reason }) => reason === undefined ? name : `${name} (${reason})`).join(", ");
}

/** For one whose control API is broken: it may still hear a signal. Windows has no such signal. */
function askBySignal(identity: ProcessIdentity): void {
  try {
    signalProcess(identity, "SIGTERM");
  } catch (error) {
    if (!(error instanceof AppError && error.code === "unsupported")) throw error;
  }
}
