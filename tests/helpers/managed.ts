/** What the end-to-end tests of manager and hosts share: a manager, hosts that join it, and a user's command line. */
import { hostList, type HostView, type Task, taskList } from "../../src/protocol/mod.ts";
import { type Answer, askSocket, type CallOptions, IS_LATER, World } from "./agent.ts";
import type { AgentProcess, Ended } from "./agent_process.ts";
import { until } from "./host.ts";

export interface ManagedOptions {
  /** More keys of the manager's config, YAML. */
  readonly managerConfig?: string;
  /** Where it listens; its own certificate and a free port of loopback if absent. */
  readonly listen?: string;
  /** The program outside of a NAT, and behind it. */
  readonly managerProgram?: readonly [string, ...string[]];
  readonly hostProgram?: readonly [string, ...string[]];
  /** Of the address on which the command line of a user runs; the same as the manager's if absent. */
  readonly userProgram?: readonly [string, ...string[]];
  /** Nobody has logged in, nor could: its first admin has still to be made. */
  readonly isFirstRun?: boolean;
}

interface Started {
  readonly url: string;
  readonly authority?: string;
}

/** Who is logged in. */
export const PASSWORD = "correct horse battery staple";
export const USER = "ada";

export class Managed implements AsyncDisposable {
  /** The manager's own directory; its flags are in `managerFlags`. */
  readonly managerWorld: World;
  readonly #hosts: World[] = [];
  readonly #options: ManagedOptions;
  #url = "";
  #authority: string | undefined;

  private constructor(world: World, options: ManagedOptions) {
    this.managerWorld = world;
    this.#options = options;
  }

  /** A manager that runs, with an admin who is logged in on its machine's command line. */
  static async create(options: ManagedOptions = {}): Promise<Managed> {
    const { managerProgram: program } = options;
    const world = await World.create({ config: options.managerConfig ?? "{}\n", ...(program && { program }) });
    const managed = new Managed(world, options);
    try {
      await managed.start(options.listen ?? "https://127.0.0.1:0");
      if (options.isFirstRun !== true) await managed.#login();
      return managed;
    } catch (error) {
      await managed[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  get authority(): string {
    return this.#authority ?? "";
  }

  get dataDir(): string {
    return `${this.managerWorld.dir}/data`;
  }

  /** `agent manager ARGS` on its machine. */
  async manager(args: readonly string[], code = 0): Promise<Ended> {
    const flags = ["--config", this.managerWorld.configFile, "--data-dir", this.dataDir];
    return await this.managerWorld.expect(code, ["manager", ...args, ...flags], { flags: [] });
  }

  /** Starts the manager, or starts it again where it was before. */
  async start(listen = this.#listenAgain()): Promise<Started> {
    const { stdout } = await this.manager(["start", "--listen", listen, "--json"]);
    const { url, caFingerprint } = JSON.parse(stdout);
    const { port } = new URL(url);
    this.#url = `${new URL(listen).protocol}//${new URL(listen).hostname}:${port}`;
    this.#authority = caFingerprint;
    return { url: this.#url, ...(caFingerprint === undefined ? {} : { authority: caFingerprint }) };
  }

  /** The API over the manager's control socket. */
  async api(path: string, init: RequestInit = {}): Promise<Answer> {
    return await askSocket(`${this.dataDir}/manager.sock`, path, init);
  }

  async managerPid(): Promise<number> {
    return Number((await Deno.readTextFile(`${this.dataDir}/manager.pid`)).split("\n")[0]);
  }

  async kill(): Promise<void> {
    Deno.kill(await this.managerPid(), "SIGKILL");
    await until(async () => (await this.managerWorld.processes()).length === 0, "the killed manager is gone");
  }

  /** A host that has joined, with what else its config says. */
  async host(name: string, config = "", labels: readonly string[] = []): Promise<World> {
    const { hostProgram: program } = this.#options;
    const world = await World.create({
      config: `supervisor:\n  heartbeat:\n    listen: ""\n${config}`,
      ...(program && { program }),
    });
    this.#hosts.push(world);
    const flags = labels.flatMap((label) => ["--label", label]);
    const { stdout } = await this.manager(["token", "create", "--json", ...flags]);
    const token = `${world.dir}/token`;
    await Deno.writeTextFile(token, JSON.parse(stdout).secret);
    const trust = this.#authority === undefined ? [] : ["--ca-fingerprint", this.#authority];
    await world.expect(0, ["join", this.#url, "--token-file", token, ...trust]);
    await this.manager(["hosts", "rename", await this.#idOf(world), name]);
    return world;
  }

  /** A command of the logged-in user. */
  async user(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return await this.managerWorld.agent(args, { flags: [], ...options, env: { ...this.#userEnv(), ...options.env } });
  }

  async expectUser(code: number, args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    const ended = await this.user(args, options);
    if (ended.code === code) return ended;
    throw new Error(
      `agent ${args.join(" ")}: exit code ${ended.code} instead of ${code}\n${ended.stdout}${ended.stderr}`,
    );
  }

  async spawnUser(args: readonly string[]): Promise<AgentProcess> {
    return await this.managerWorld.spawn(args, { flags: [], env: this.#userEnv() });
  }

  async hosts(): Promise<HostView[]> {
    const { stdout } = await this.expectUser(0, ["hosts", "--json"]);
    return hostList().shape.hosts.parse(JSON.parse(stdout).hosts);
  }

  async untilHost(name: string, is: (host: HostView) => boolean, what: string, limitMs?: number): Promise<HostView> {
    let found: HostView | undefined;
    try {
      await until(
        async () => {
          found = (await this.hosts()).find((host) => host.name === name);
          return found !== undefined && is(found);
        },
        `${name} ${what}`,
        limitMs,
      );
    } catch (error) {
      throw new Error(`${name} is ${JSON.stringify(found)}`, { cause: error });
    }
    if (found === undefined) throw new Error(`There is no host ${name}`);
    return found;
  }

  async tasks(): Promise<Task[]> {
    const { stdout } = await this.expectUser(0, ["tasks", "--json", "-n", "1000"]);
    return taskList().shape.tasks.parse(JSON.parse(stdout).tasks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const world of this.#hosts) await world[Symbol.asyncDispose]();
    await this.managerWorld[Symbol.asyncDispose]();
  }

  #listenAgain(): string {
    return this.#url;
  }

  #userEnv(): Record<string, string> {
    return { FARHAND_LOGIN_FILE: `${this.managerWorld.dir}/login.json` };
  }

  async #login(): Promise<void> {
    const file = `${this.managerWorld.dir}/password`;
    await Deno.writeTextFile(file, PASSWORD);
    await this.manager(["user", "add", USER, "--role", "admin", "--password-file", file]);
    const trust = this.#authority === undefined ? [] : ["--ca-fingerprint", this.#authority];
    await this.expectUser(0, ["login", this.#url, "--user", USER, "--password-file", file, ...trust]);
  }

  async #idOf(world: World): Promise<string> {
    const { manager } = await world.status() as { manager?: { hostId?: string } };
    if (manager?.hostId === undefined) throw new Error("The host does not say who it is");
    return manager.hostId;
  }
}

/** Registers a test with a manager of its own. */
export function managed(name: string, play: (managed: Managed) => Promise<void>, options: ManagedOptions = {}): void {
  Deno.test({
    name,
    ignore: IS_LATER || Deno.build.os === "windows",
    fn: async () => {
      await using world = await Managed.create(options);
      await play(world);
    },
  });
}
