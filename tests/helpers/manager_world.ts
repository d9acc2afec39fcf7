/** A manager of a world's own, for end-to-end tests: its directory, its address, its commands. */
import { type CallOptions, scenario, type World } from "./agent.ts";
import type { AgentProcess, Ended } from "./agent_process.ts";
import { freeAddress } from "./host.ts";

export interface AskOptions extends RequestInit {
  /** The authority that its certificate must come from, PEM. */
  readonly ca?: string;
}

export class ManagerWorld {
  readonly world: World;
  readonly dataDir: string;
  readonly socket: string;
  readonly logFile: string;
  readonly pidFile: string;
  readonly url: string;

  constructor(world: World, { secure = false }: { readonly secure?: boolean } = {}) {
    this.world = world;
    this.dataDir = `${world.dir}/manager`;
    this.socket = `${this.dataDir}/manager.sock`;
    this.logFile = `${this.dataDir}/manager.log`;
    this.pidFile = `${this.dataDir}/manager.pid`;
    this.url = `${secure ? "https" : "http"}://${freeAddress().text}`;
  }

  get flags(): readonly string[] {
    return ["--data-dir", this.dataDir, "--listen", this.url];
  }

  /** Runs `agent manager …` to its end. */
  async run(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return await this.world.agent(["manager", ...args], { flags: [], ...this.#placed(options) });
  }

  /** Runs it and insists on its exit code. */
  async expect(code: number, args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return await this.world.expect(code, ["manager", ...args], { flags: [], ...this.#placed(options) });
  }

  /** The same with `--json`: what it prints. */
  async json(args: readonly string[], options: CallOptions = {}) {
    return JSON.parse((await this.expect(0, [...args, "--json"], options)).stdout);
  }

  /** Runs it with this on its standard input, as a script would give a secret. */
  async given(input: string, code: number, args: readonly string[]): Promise<Ended> {
    return await this.expect(code, args, { shell: `printf '%s\\n' '${input}' | "$@"` });
  }

  /** Starts one in the foreground and waits until it is ready. */
  async foreground(...args: readonly string[]): Promise<AgentProcess> {
    const manager = await this.world.spawn(["manager", ...this.flags, "run", ...args], { flags: [] });
    await manager.printed("manager ready");
    return manager;
  }

  /** The pid in the pid file. */
  async pid(): Promise<number> {
    return Number((await Deno.readTextFile(this.pidFile)).split("\n")[0]);
  }

  async log(): Promise<string> {
    return await Deno.readTextFile(this.logFile);
  }

  /** Asks the API over the network, as anybody can. */
  async ask(path: string, { ca, ...init }: AskOptions = {}): Promise<{ status: number; body: string }> {
    using client = Deno.createHttpClient(ca === undefined ? {} : { caCerts: [ca] });
    const response = await fetch(`${this.url}${path}`, { ...init, client });
    return { status: response.status, body: await response.text() };
  }

  /** What the owner of its files sees in its API. */
  async local(path: string, init: RequestInit = {}) {
    using client = Deno.createHttpClient({ proxy: { transport: "unix", path: this.socket } });
    const response = await fetch(`http://localhost${path}`, { ...init, client });
    return await response.json();
  }

  /** Told by the environment, as a service would tell it. */
  #placed({ env = {}, ...options }: CallOptions): CallOptions {
    return { ...options, env: { MANAGER_DATA_DIR: this.dataDir, MANAGER_LISTEN: this.url, ...env } };
  }
}

/** Registers a test with a manager, of plain HTTP on loopback, in a world of its own. */
export function managerScenario(name: string, play: (manager: ManagerWorld) => Promise<void>): void {
  scenario(name, (world) => play(new ManagerWorld(world)));
}

/** The same with HTTPS. */
export function secureScenario(name: string, play: (manager: ManagerWorld) => Promise<void>): void {
  scenario(name, (world) => play(new ManagerWorld(world, { secure: true })));
}
