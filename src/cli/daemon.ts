import { AppError, messageOf, systemClock } from "../core/mod.ts";
import type { ApiClient } from "../http/mod.ts";
import {
  type DetachedProcess,
  ensurePrivateDir,
  type ExitStatus,
  isSameProcess,
  type ProcessIdentity,
  processIdentity,
  readPidFile,
  signalProcess,
  spawnDetached,
  waitForExit,
} from "../platform/mod.ts";
import { type AgentStatus, agentStatus, type ComponentReport, stopReport } from "../protocol/mod.ts";

export interface DaemonOptions {
  readonly client: ApiClient;
  readonly paths: { readonly pidFile: string; readonly socket: string };
  /** Starts this same program in the foreground with the same flags. */
  readonly runCommand: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

export interface StopOutcome {
  readonly pid: number;
  /** Components that would not stop, each with the reason. */
  readonly unstopped: readonly ComponentReport[];
  /** True when it had to be killed. */
  readonly killed: boolean;
}

interface Child {
  readonly process: DetachedProcess;
  exit?: ExitStatus;
}

const POLL_MS = 10;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const ASK_TIMEOUT_MS = 5_000;
/** Beyond the components' own deadline: the control API's last answer and the end of the process. */
const STOP_GRACE_MS = 3_000;
const EXIT_ALREADY_RUNNING = 7;

/** The background agent as seen from a command: started, asked and stopped over its control socket and pid file. */
export class Daemon {
  readonly #options: DaemonOptions;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  async status(): Promise<AgentStatus> {
    try {
      const answer = await this.#options.client.call("/v1/status", { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
      return agentStatus.parse(answer);
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  /** Starts an agent unless one runs already; resolves once it is ready. */
  async start({ workDir, timeoutMs, signal }: { workDir: string; timeoutMs: number; signal: AbortSignal }) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let child: Child | undefined;
    try {
      for (;;) {
        if (await this.#isReady(limit)) {
          const status = await this.status();
          return { status, alreadyRunning: status.pid !== child?.process.pid };
        }
        if (child?.exit !== undefined) child = lostTheRace(child);
        if (child === undefined && !(await this.#runs())) child = this.#spawn(workDir);
        await systemClock.sleep(POLL_MS, limit);
      }
    } catch (error) {
      if (!limit.aborted) throw error;
      const reason = await this.#lastWords(child);
      killQuietly(child);
      signal.throwIfAborted();
      throw new AppError("timeout", `The agent was not ready within ${timeoutMs / 1000} s: ${reason}`);
    }
  }

  #spawn(workDir: string): Child {
    ensurePrivateDir(workDir);
    const outputFile = `${workDir}/agent.stderr`;
    keepSmall(outputFile);
    const { runCommand: argv, env } = this.#options;
    const child: Child = { process: spawnDetached({ argv, cwd: Deno.cwd(), env, outputFile }) };
    child.process.exited.then((exit) => child.exit = exit);
    return child;
  }

  async #runs(): Promise<boolean> {
    return (await readPidFile(this.#options.paths.pidFile)).state === "running";
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.client.call("/readyz", { signal });
      return true;
    } catch (error) {
      if (error instanceof AppError && (error.code === "not_running" || error.code === "unavailable")) return false;
      throw error;
    }
  }

  /** What kept the agent from becoming ready, as far as it can be told. */
  async #lastWords(child: Child | undefined): Promise<string> {
    const printed = child?.process.output().trim() ?? "";
    if (printed !== "") return printed;
    const answer = this.#options.client.call("/readyz", { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    return await answer.then(() => "it is ready only now", messageOf);
  }

  /** Stops the agent. Components that had to be given up are in the outcome; an agent that lives on is an error. */
  async stop(
    { timeoutMs, force, signal }: { timeoutMs: number; force: boolean; signal: AbortSignal },
  ): Promise<StopOutcome> {
    const identity = await this.#identity();
    const { pid } = identity;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + STOP_GRACE_MS)]);
    const unstopped = await this.#askToStop(identity, timeoutMs, deadline);
    if (await endsBefore(identity, deadline)) return { pid, unstopped, killed: false };
    signal.throwIfAborted();
    if (!force) throw livesOn(pid, timeoutMs, unstopped);
    signalProcess(identity, "SIGKILL");
    await waitForExit(identity, { signal });
    return { pid, unstopped, killed: true };
  }

  /** Asks over the control socket, whose answer names what would not stop; failing that, by a signal. */
  async #askToStop(identity: ProcessIdentity, timeoutMs: number, signal: AbortSignal): Promise<ComponentReport[]> {
    try {
      const answer = await this.#options.client.call("/v1/stop", { method: "POST", body: { timeoutMs }, signal });
      return stopReport.parse(answer).components.filter(({ state }) => state !== "stopped");
    } catch (error) {
      if (error instanceof AppError && error.code === "forbidden") throw error;
      askBySignal(identity);
      return [];
    }
  }

  /** Who is to be stopped: the pid file says, or else whoever answers on the control socket. */
  async #identity(): Promise<ProcessIdentity> {
    const found = await readPidFile(this.#options.paths.pidFile);
    if (found.state === "running") return found.identity;
    const identity = processIdentity((await this.status()).pid);
    if (identity === null) throw notRunning(this.#options.paths.socket);
    return identity;
  }

  /** Tells an agent that is not there from one that is there and does not answer. */
  async #explain(error: unknown): Promise<unknown> {
    const silent = error instanceof DOMException || (error instanceof AppError && error.code === "not_running");
    if (!silent) return error;
    const { pidFile, socket } = this.#options.paths;
    const found = await readPidFile(pidFile);
    if (found.state !== "running") return notRunning(socket);
    return new AppError(
      "unavailable",
      `The agent, pid ${found.identity.pid}, runs but does not answer on ${socket}; see its log`,
      { retryable: true },
    );
  }
}

function notRunning(socket: string): AppError {
  return new AppError("not_running", `The agent is not running: nothing answers on ${socket}`);
}

/**
 * Two starts at once spawn two agents, of which the lock lets one live. The other's start goes on waiting, for the
 * winner; any other exit is a failed start.
 */
function lostTheRace({ process, exit }: Child): undefined {
  if (exit === undefined || exit.code === EXIT_ALREADY_RUNNING) return undefined;
  const ending = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
  const reason = process.output().trim().replace(/^error: /, "") || `it ended with ${ending} and said nothing`;
  throw new AppError(exit.code === 2 ? "invalid_config" : "unavailable", `The agent did not start: ${reason}`);
}

/** The file outlives every agent; what it holds is of use only until the next start. */
function keepSmall(outputFile: string): void {
  try {
    if (Deno.statSync(outputFile).size > MAX_OUTPUT_BYTES) Deno.truncateSync(outputFile);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function endsBefore(identity: ProcessIdentity, deadline: AbortSignal): Promise<boolean> {
  return await waitForExit(identity, { signal: deadline, pollMs: POLL_MS }).then(
    () => true,
    () => !isSameProcess(identity),
  );
}

function livesOn(pid: number, timeoutMs: number, unstopped: readonly ComponentReport[]): AppError {
  const why = unstopped.length === 0 ? "it does not answer" : `these would not stop: ${namesOf(unstopped)}`;
  const message = `The agent, pid ${pid}, has not ended within ${
    timeoutMs / 1000
  } s (${why}); "agent stop --force" kills it`;
  return new AppError("timeout", message, { details: { unstopped } });
}

export function namesOf(components: readonly ComponentReport[]): string {
  return components.map(({ name, reason }) => reason === undefined ? name : `${name} (${reason})`).join(", ");
}

/** For an agent whose control API is broken: it may still hear a signal. Windows has no such signal. */
function askBySignal(identity: ProcessIdentity): void {
  try {
    signalProcess(identity, "SIGTERM");
  } catch (error) {
    if (!(error instanceof AppError && error.code === "unsupported")) throw error;
  }
}

/** A child that was not ready in time must not become ready after we said that it failed. */
function killQuietly(child: Child | undefined): void {
  const identity = child === undefined ? null : processIdentity(child.process.pid);
  if (identity !== null) signalProcess(identity, "SIGKILL");
}
