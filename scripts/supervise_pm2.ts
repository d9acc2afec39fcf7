/** PM2 as a subject of the benchmark of supervisors. It is a daemon that its command starts when it is not there. */
import { join } from "node:path";
import { isGone } from "./supervise_census.ts";
import {
  output,
  run,
  type Setup,
  STOP_SECONDS,
  type Subject,
  type SubjectKind,
  waitUntil,
} from "./supervise_subject.ts";

export function pm2Kind(executable: string): SubjectKind {
  return {
    name: "PM2",
    startCommand: "pm2 start apps.json",
    bootCommand: "pm2 start apps.json, without its daemon",
    open: (setup) => new Pm2Subject(executable, setup),
  };
}

class Pm2Subject implements Subject {
  readonly logDir: string;
  readonly #executable: string;
  readonly #home: string;
  readonly #apps: string;
  readonly #setup: Setup;
  readonly #env: Record<string, string>;
  #crashed = false;

  constructor(executable: string, setup: Setup) {
    this.#executable = executable;
    this.#setup = setup;
    this.#home = join(setup.dir, "pm2");
    this.#apps = join(setup.dir, "apps.json");
    this.logDir = join(this.#home, "logs");
    this.#env = { PM2_HOME: this.#home, PM2_DISABLE_VERSION_CHECK: "true" };
  }

  async boot(): Promise<void> {
    await Deno.writeTextFile(this.#apps, pm2Config(this.#setup));
    if (this.#crashed) await this.#run("resurrect");
    else if (this.#setup.autostart) await this.startAll();
    else await this.#run("ping");
  }

  async ready(): Promise<void> {
    if (!await waitUntil(async () => await this.#daemon() !== null, 20_000)) {
      throw new Error("PM2 has not said its pid within 20 s");
    }
  }

  async pid(): Promise<number> {
    const pid = await this.#daemon();
    if (pid === null) throw new Error("PM2 does not run");
    return pid;
  }

  async startAll(): Promise<void> {
    await this.#run("start", this.#apps);
  }

  async stopAll(): Promise<void> {
    await this.#run("stop", "all");
  }

  async managed(): Promise<ReadonlyMap<string, number>> {
    return parseList((await output(this.#executable, ["jlist"], this.#env)).stdout);
  }

  async crash(): Promise<void> {
    await this.#run("save", "--force"); // without it PM2 would know nothing after its next start
    Deno.kill(await this.pid(), "SIGKILL");
    await waitUntil(async () => await this.#daemon() === null, 5_000, 5);
    this.#crashed = true;
  }

  async end(): Promise<void> {
    const pid = await this.#daemon();
    if (pid === null) return;
    await output(this.#executable, ["kill"], this.#env); // should it fail, the daemon is killed
    if (!await waitUntil(async () => await this.#daemon() === null, 20_000)) Deno.kill(pid, "SIGKILL");
  }

  async #run(...args: string[]): Promise<void> {
    await run(this.#executable, args, this.#env);
  }

  /** The daemon, if the process of that pid is the one that runs with this home; its title may be cut before that. */
  async #daemon(): Promise<number | null> {
    try {
      const pid = Number(await Deno.readTextFile(join(this.#home, "pm2.pid")));
      const environ = await Deno.readTextFile(`/proc/${pid}/environ`);
      return environ.split("\0").includes(`PM2_HOME=${this.#home}`) ? pid : null;
    } catch (error) {
      if (!isGone(error)) throw error; // it does not run
      return null;
    }
  }
}

/** The last line of `pm2 jlist`, before which it may tell that it has started its daemon. */
export function parseList(text: string): Map<string, number> {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  const rows: readonly { readonly name: string; readonly pid?: number }[] = JSON.parse(line);
  return new Map(rows.flatMap(({ name, pid = 0 }) => pid === 0 ? [] : [[name, pid]]));
}

export function pm2Config({ dir, programs }: Setup): string {
  const apps = programs.map(({ id, argv: [script, ...args], env }) => ({
    name: id,
    script,
    args,
    interpreter: "none",
    cwd: dir,
    env,
    kill_timeout: STOP_SECONDS * 1000,
  }));
  return JSON.stringify({ apps });
}
