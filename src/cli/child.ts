import { join } from "node:path";
import { AppError, ERRORS } from "../core/mod.ts";
import {
  type DetachedProcess,
  ensurePrivateDir,
  type ExitStatus,
  processIdentity,
  signalProcess,
  spawnDetached,
} from "../platform/mod.ts";

const MAX_OUTPUT_BYTES = 1024 * 1024;

export interface ChildOptions {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly workDir: string;
  /** Of the program. */
  readonly name: string;
}

/** The agent or manager that a start has spawned, for as long as it is not known to be ready. */
export class Child {
  readonly #name: string;
  readonly #process: DetachedProcess;
  #exit: ExitStatus | undefined;

  constructor({ argv, env, workDir, name }: ChildOptions) {
    this.#name = name;
    ensurePrivateDir(workDir);
    const outputFile = join(workDir, `${name}.stderr`);
    keepSmall(outputFile);
    this.#process = spawnDetached({ argv, cwd: Deno.cwd(), env, outputFile });
    this.#process.exited.then((exit) => this.#exit = exit);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it printed, which is nothing unless it failed. */
  output(): string {
    return this.#process.output().trim().replace(/^error: /, "");
  }

  /**
   * Two starts at once spawn two, of which the lock lets one live: true for the other. The start that spawned it
   * goes on waiting, for the winner; any other end is a failed start, and thrown.
   */
  hasLostTheRace(): boolean {
    const exit = this.#exit;
    if (exit === undefined) return false;
    if (exit.code === ERRORS.already_running.exit) return true;
    const ending = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
    const reason = this.output() || `it ended with ${ending} and said nothing`;
    const code = exit.code === ERRORS.invalid_config.exit ? "invalid_config" : "unavailable";
    throw new AppError(code, `The ${this.#name} did not start: ${reason}`);
  }

  /** One that was not ready in time must not become ready after we said that it failed. */
  kill(): void {
    const identity = this.#exit === undefined ? processIdentity(this.pid) : null;
    if (identity !== null) signalProcess(identity, "SIGKILL");
  }
}

/** The file outlives every agent; what it holds is of use only until the next start. */
function keepSmall(outputFile: string): void {
  try {
    if (Deno.statSync(outputFile).size > MAX_OUTPUT_BYTES) Deno.truncateSync(outputFile);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
