import { AppError, type Clock, messageOf, oneLine, withinTime } from "../../core/mod.ts";
import {
  commandEnvironment,
  createLauncher,
  currentOs,
  fileError,
  processIdentity,
  type ProcessTree,
  runAsLine,
  spawnCommand,
  userAccount,
} from "../../platform/mod.ts";
import { type ExecEnd, type ExecRequest, MAX_EXEC_TIMEOUT_MS } from "../../protocol/mod.ts";
import { OutputReader } from "./output_reader.ts";
import { type Outputs, shownProgram } from "./outputs.ts";

/** Everything that the command and its descendants inherit, and are found by. The supervisor's have other values. */
const MARKER_VARIABLE = "FARHAND_PROCESS";
const MARKER_PREFIX = "exec/";
/** Time to end decently after SIGTERM. */
const GRACE_MS = 2_000;
/** Time that SIGKILL may take: who waits for a dead disk cannot be killed at all. */
const KILL_MS = 5_000;
const MAX_REASON = 200;

type Ending = "exit" | "timeout" | "abort";

/** One command that runs. */
export class CommandProcess {
  readonly #clock: Clock;
  readonly #group: ReturnType<typeof spawnCommand>;
  readonly #tree: ProcessTree;
  readonly #startedMs: number;
  readonly #timeoutMs: number;

  /** Starts it; throws an AppError that says why it cannot be started. */
  constructor(request: ExecRequest, clock: Clock) {
    this.#clock = clock;
    this.#timeoutMs = request.timeoutMs ?? MAX_EXEC_TIMEOUT_MS;
    const marker = `${MARKER_PREFIX}${crypto.randomUUID()}`;
    this.#startedMs = clock.monotonicMs();
    this.#group = start(request, marker);
    this.#tree = { leader: processIdentity(this.#group.pid), marker, cgroup: "", jobName: "" };
  }

  /** Hands out its outputs and waits for its end; when the signal aborts, it is ended with all that it has started. */
  async run(outputs: Outputs, signal: AbortSignal): Promise<Omit<ExecEnd, "truncated">> {
    const ended = new AbortController();
    const left = new AbortController();
    const reading = (["stdout", "stderr"] as const).map((name) =>
      new OutputReader(this.#group[name], this.#clock, ended.signal).each((chunk) => outputs.take(name, chunk))
        .catch((error) => left.abort(error)) // who cannot be handed the outputs any more has left
    );
    let ending: Ending;
    try {
      ending = await this.#untilEnd(AbortSignal.any([signal, left.signal]));
      if (ending !== "exit") await this.#end();
    } finally {
      ended.abort();
      await Promise.all(reading);
    }
    signal.throwIfAborted();
    left.signal.throwIfAborted();
    const status = await this.#statusNow();
    return {
      ...(status !== null && status.signal === null && { code: status.code }),
      ...(status !== null && status.signal !== null && { signal: status.signal }),
      timedOut: ending === "timeout",
      durationMs: Math.round(this.#clock.monotonicMs() - this.#startedMs),
    };
  }

  async #untilEnd(signal: AbortSignal): Promise<Ending> {
    try {
      const exited = (limit: AbortSignal) => Promise.race([this.#group.exited, rejectedBy(limit)]);
      return (await withinTime(this.#clock, this.#timeoutMs, signal, exited)).late === true ? "timeout" : "exit";
    } catch (error) {
      if (!signal.aborted) throw error;
      return "abort";
    }
  }

  /** Asks it to end, then makes all of its tree end. On Windows there is no asking, and who asks the command alone loses its children. */
  async #end(): Promise<void> {
    if (currentOs() !== "windows") {
      this.#group.kill("SIGTERM");
      await within(this.#group.exited, GRACE_MS, this.#clock);
    }
    const launcher = createLauncher();
    const over = new AbortController();
    const limit = this.#clock.sleep(KILL_MS, over.signal).then(() => over.abort(), () => {}); // all have ended before
    try {
      const left = await launcher.killTree(this.#tree, over.signal);
      if (left > 0) throw new AppError("timeout", `${left} processes of the command cannot be killed`);
    } finally {
      over.abort();
      await limit;
      launcher.close();
    }
  }

  /** Null for one that does not end. */
  async #statusNow() {
    return await within(this.#group.exited, KILL_MS, this.#clock);
  }
}

function start(request: ExecRequest, marker: string): ReturnType<typeof spawnCommand> {
  const { argv, cwd, user = "", stdin } = request;
  checkTexts(request);
  if (cwd !== undefined) checkDirectory(cwd);
  const [program = "", ...args] = [...runAsLine(user), ...argv];
  const env = { ...commandEnvironment(), ...userVariables(user), ...request.env, [MARKER_VARIABLE]: marker };
  try {
    return spawnCommand({ argv: [program, ...args], cwd, env, stdin });
  } catch (error) {
    throw cannotRun(shownProgram(argv), error);
  }
}

function cannotRun(program: string, error: unknown): AppError {
  if (error instanceof Deno.errors.NotFound) {
    return new AppError("not_found", `Cannot run ${program}: there is no such program on this host`, { cause: error });
  }
  const denied = error instanceof Deno.errors.PermissionDenied;
  const why = denied ? "it is no program that the agent's user may run" : oneLine(messageOf(error), MAX_REASON);
  return new AppError(denied ? "forbidden" : "invalid_input", `Cannot run ${program}: ${why}`, { cause: error });
}

function userVariables(user: string): Record<string, string> {
  const found = user === "" ? null : userAccount(user);
  if (found === null) return {};
  return { USER: found.name, LOGNAME: found.name, ...(found.home !== "" && { HOME: found.home }) };
}

/** A zero byte would end the text for the system, and so change what is run. */
function checkTexts({ argv, cwd = "", env = {} }: ExecRequest): void {
  const hasZero = [...argv, cwd, ...Object.values(env)].some((text) => text.includes("\0"));
  const badName = Object.keys(env).find((name) => name === "" || /[=\0]/.test(name));
  const problem = argv[0] === ""
    ? "its program has no name"
    : hasZero
    ? "it has a zero byte in it"
    : badName === undefined
    ? null
    : "its environment has a name that is empty or has = in it";
  if (problem !== null) throw new AppError("invalid_input", `Cannot run the command: ${problem}`);
}

function checkDirectory(path: string): void {
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    throw fileError("run a command in", path, error);
  }
  throw new AppError("invalid_input", `Cannot run a command in ${path}: it is no directory`);
}

async function within<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T | null> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, done.signal).then(() => null)]);
  } finally {
    done.abort();
  }
}

/** Of use only in a race; it leaves nothing behind, for the signal of `withinTime` ends with it. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
