/** What the benchmark of supervisors needs of each of them, so that all are put to the same tests. */
import { delimiter, join } from "node:path";

/** Time that a program has to end after it was asked to; the same for all. */
export const STOP_SECONDS = 2;

/** One program to be supervised. */
export interface Program {
  readonly id: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Setup {
  /** Everything of the supervisor is below it: config, state, sockets and logs. */
  readonly dir: string;
  readonly programs: readonly Program[];
  readonly autostart: boolean;
}

export interface Subject {
  /** Launches the supervisor, also after a crash, in the way that its users would; it may not answer yet afterwards. */
  boot(): Promise<void>;
  /** Waits until it takes commands. */
  ready(): Promise<void>;
  /** Process id of the supervisor itself. */
  pid(): Promise<number>;
  startAll(): Promise<void>;
  stopAll(): Promise<void>;
  /** Process ids of its living programs, by their ids, as the supervisor tells them. */
  managed(): Promise<ReadonlyMap<string, number>>;
  /** Kills the supervisor with SIGKILL. */
  crash(): Promise<void>;
  /** Folder in which every file that begins with a program's id and a dot or hyphen holds its stdout. */
  readonly logDir: string;
  /** Ends the supervisor; what it leaves running is none of its business. */
  end(): Promise<void>;
}

export interface SubjectKind {
  readonly name: string;
  /** How its programs are started by a command, and with it when it is launched. */
  readonly startCommand: string;
  readonly bootCommand: string;
  readonly open: (setup: Setup) => Subject;
}

/** Path of a program: the given one, else the first of that name on PATH; null when there is none. */
export async function findProgram(name: string, given: string): Promise<string | null> {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const path of given === "" ? folders.map((folder) => join(folder, name)) : [given]) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it is in none of the folders before
    }
  }
  if (given !== "") throw new Error(`There is no ${given}`);
  return null;
}

export interface Run {
  readonly ok: boolean;
  readonly stdout: string;
}

/** Runs a command to its end and hands back what it printed; not for one that leaves a child with its output. */
export async function output(path: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const command = new Deno.Command(path, { args: [...args], env, stdin: "null", stderr: "null" });
  const { success, stdout } = await command.output();
  return { ok: success, stdout: new TextDecoder().decode(stdout) };
}

/** Runs a command to its end with its output dropped; throws when it fails. */
export async function run(path: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const { code } = await spawnQuietly(path, args, { env }).status;
  if (code !== 0) throw new Error(`${path} ${args.join(" ")} exited with ${code}`);
}

/** Asks every `everyMs` until the answer is yes; false when it was not in time. */
export async function waitUntil(asked: () => Promise<boolean>, limitMs: number, everyMs = 50): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!await asked()) {
    if (performance.now() > deadline) return false;
    await new Promise<void>((resolve) => setTimeout(resolve, everyMs));
  }
  return true;
}

/** Starts a command with its output dropped. */
export function spawnQuietly(
  path: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Deno.ChildProcess {
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return new Deno.Command(path, { args: [...args], ...options, ...quiet }).spawn();
}

/** A supervisor that stays our child for as long as it runs. */
export class SupervisorChild {
  #child: Deno.ChildProcess | undefined;

  launch(...command: Parameters<typeof spawnQuietly>): Deno.ChildProcess {
    return this.#child = spawnQuietly(...command);
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error("The supervisor was not launched");
    return this.#child.pid;
  }

  /** Hands the child over to who sees to its end; undefined where there is none. */
  take(): Deno.ChildProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    return child;
  }

  async kill(): Promise<void> {
    await killChild(this.take());
  }
}

/** Kills a child with SIGKILL and waits for its end; nothing when it has ended already. */
export async function killChild(child: Deno.ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
  await child.status;
}
