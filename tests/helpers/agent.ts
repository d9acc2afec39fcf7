/**
 * What the end-to-end tests share: worlds, each with a directory, a home, a config and agents of its own, in which the
 * program runs as a user runs it. The program is the executable that FARHAND_AGENT names, or else the sources.
 */
import { createConnection, type Socket } from "node:net";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AgentProcess, command, type Ended, runToEnd, sourceCache } from "./agent_process.ts";
import { processesNaming, removeAll, until } from "./host.ts";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");
export const EXECUTABLE = Deno.env.get("FARHAND_AGENT");
export const PROGRAM: readonly [string, ...string[]] = EXECUTABLE === undefined
  ? [Deno.execPath(), "run", "-A", `${REPOSITORY}/main.ts`]
  : [EXECUTABLE];

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of `--config` and `--work-dir` of the world. */
  readonly flags?: readonly string[];
  readonly cwd?: string;
  /** A shell script that starts the program, whose command line is its "$@". */
  readonly shell?: string;
  /** In a session of its own. */
  readonly detached?: boolean;
}

export interface WorldOptions {
  /** Its config file; default: an empty section. */
  readonly config?: string;
  /** The program, when it is not the one to test as it stands, such as a copy that another user can run. */
  readonly program?: readonly [string, ...string[]];
}

/** The answer of the control API. */
export interface Answer {
  readonly status: number;
  readonly envelope: { readonly code: number; readonly msg: string; readonly data: Record<string, unknown> };
}

export class World implements AsyncDisposable {
  readonly dir: string;
  readonly configFile: string;
  readonly workDir: string;
  readonly pidFile: string;
  readonly socket: string;
  readonly logFile: string;
  readonly lockFile: string;
  readonly #program: readonly [string, ...string[]];
  readonly #foreground: AgentProcess[] = [];

  private constructor(dir: string, program: readonly [string, ...string[]]) {
    this.dir = dir;
    this.#program = program;
    this.configFile = `${dir}/agent.yaml`;
    this.workDir = `${dir}/work`;
    this.pidFile = `${this.workDir}/agent.pid`;
    this.socket = `${this.workDir}/agent.sock`;
    this.logFile = `${this.workDir}/agent.log`;
    this.lockFile = `${this.workDir}/agent.lock`;
  }

  static async create({ config = "agent: {}\n", program = PROGRAM }: WorldOptions = {}): Promise<World> {
    const world = new World(await Deno.realPath(await Deno.makeTempDir({ prefix: "farhand-e2e-" })), program);
    await world.configure(config);
    return world;
  }

  /** Everything that the program sees of its environment. */
  async env(more: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const { dir } = this;
    return {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: dir,
      TMPDIR: dir,
      XDG_CONFIG_HOME: `${dir}/config`,
      XDG_STATE_HOME: `${dir}/state`,
      XDG_RUNTIME_DIR: `${dir}/run`,
      ...await sourceCache(EXECUTABLE),
      ...more,
    };
  }

  /** Runs a command of the program to its end. */
  async agent(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return await runToEnd(await this.#command(args, options));
  }

  /** Runs it and insists on its exit code. */
  async expect(code: number, args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    const ended = await this.agent(args, options);
    if (ended.code === code) return ended;
    const log = await this.log().catch(() => "(none)");
    throw new Error(
      `agent ${args.join(" ")}: exit code ${ended.code} instead of ${code}\n${ended.stdout}${ended.stderr}log:\n${log}`,
    );
  }

  /** Starts an agent in the background and gives its pid. */
  async start(...more: readonly string[]): Promise<number> {
    await this.expect(0, ["start", ...more]);
    return await this.pid();
  }

  /** Starts an agent in the foreground and waits until it is ready. */
  async run(args: readonly string[] = [], options: CallOptions = {}): Promise<AgentProcess> {
    const agent = await this.spawn(["run", ...args], options);
    await agent.printed("agent ready");
    return agent;
  }

  /** Starts a command and does not wait for it. */
  async spawn(args: readonly string[], options: CallOptions = {}): Promise<AgentProcess> {
    const agent = new AgentProcess(await this.#command(args, options));
    this.#foreground.push(agent);
    return agent;
  }

  /** The program with the world's flags, for tests that start it in a way of their own. */
  argv(args: readonly string[], flags = this.flags): [string, ...string[]] {
    const [program, ...fixed] = this.#program;
    return [program, ...fixed, ...flags, ...args];
  }

  get flags(): readonly string[] {
    return ["--config", this.configFile, "--work-dir", this.workDir];
  }

  async configure(text: string): Promise<void> {
    await Deno.writeTextFile(this.configFile, text);
  }

  /** The pid in the pid file. */
  async pid(): Promise<number> {
    return Number((await Deno.readTextFile(this.pidFile)).split("\n")[0]);
  }

  async log(): Promise<string> {
    return await Deno.readTextFile(this.logFile);
  }

  async logRecords(): Promise<Record<string, unknown>[]> {
    return (await this.log()).trimEnd().split("\n").map((line) => JSON.parse(line));
  }

  /** Waits until the log has the text. */
  async logged(text: string): Promise<void> {
    await until(async () => (await this.log()).includes(text), `${this.logFile} has "${text}"`);
  }

  /** Asks the control API over the socket, which is much quicker than a command. */
  async api(path: string, init: RequestInit = {}): Promise<Answer> {
    return await askSocket(this.socket, path, init);
  }

  async status(): Promise<Record<string, unknown>> {
    return (await this.api("/v1/status")).envelope.data;
  }

  /** A raw connection to the control socket. */
  async connect(): Promise<Socket> {
    const socket = createConnection(this.socket);
    socket.on("error", () => {}); // an agent that is killed resets it
    await once(socket, "connect");
    return socket;
  }

  /** The processes of this world, as their command lines tell. */
  async processes(): Promise<readonly { readonly pid: number; readonly argv: string }[]> {
    return await processesNaming(this.dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await until(async () => {
      const left = await this.processes();
      for (const { pid } of left) killQuietly(pid);
      return left.length === 0;
    }, "the world's processes are gone");
    for (const agent of this.#foreground) await agent.ended;
    await removeAll(this.dir);
  }

  async #command(args: readonly string[], { env, flags, shell, cwd = this.dir, detached = false }: CallOptions) {
    const argv = this.argv(args, flags);
    const wrapped: typeof argv = shell === undefined ? argv : ["/bin/sh", "-c", shell, "sh", ...argv];
    return command(wrapped, { env: await this.env(env), cwd, detached });
  }
}

/**
 * Whether playing through the whole program is left to a later run, as when CI tests the executable after the sources: it
 * takes long, and the executable is what users have.
 */
export const IS_LATER = Deno.env.get("FARHAND_E2E_LATER") === "1" && !Deno.env.has("FARHAND_AGENT");

/** Registers a test with a world of its own. Windows has a suite of its own. */
export function scenario(name: string, play: (world: World) => Promise<void>, options: WorldOptions = {}): void {
  Deno.test({
    name,
    ignore: IS_LATER || Deno.build.os === "windows",
    fn: async () => {
      await using world = await World.create(options);
      await play(world);
    },
  });
}

/** Asks whoever serves a Unix socket. */
export async function askSocket(socket: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  try {
    const response = await fetch(`http://localhost${path}`, { ...init, client });
    return { status: response.status, envelope: await response.json() };
  } finally {
    client.close();
  }
}

function killQuietly(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error; // it has just ended
  }
}
