/** Supervisord as a subject of the benchmark of supervisors; its programs are stopped as thoroughly as it can. */
import { dirname, join } from "node:path";
import {
  killChild,
  output,
  run,
  type Setup,
  STOP_SECONDS,
  type Subject,
  type SubjectKind,
  SupervisorChild,
  waitUntil,
} from "./supervise_subject.ts";

export function supervisordKind(executable: string): SubjectKind {
  return {
    name: "supervisord",
    startCommand: "supervisorctl start all",
    bootCommand: "supervisord",
    open: (setup) => new SupervisordSubject(executable, setup),
  };
}

class SupervisordSubject implements Subject {
  readonly logDir: string;
  readonly #executable: string;
  readonly #control: string;
  readonly #config: string;
  readonly #setup: Setup;
  readonly #child = new SupervisorChild();

  constructor(executable: string, setup: Setup) {
    this.#executable = executable;
    this.#control = join(dirname(executable), "supervisorctl");
    this.#setup = setup;
    this.#config = join(setup.dir, "supervisord.conf");
    this.logDir = join(setup.dir, "logs");
  }

  async boot(): Promise<void> {
    await Deno.mkdir(this.logDir, { recursive: true });
    await Deno.writeTextFile(this.#config, supervisordConfig(this.#setup, this.logDir));
    this.#child.launch(this.#executable, ["--nodaemon", "--configuration", this.#config], { cwd: this.#setup.dir });
  }

  async ready(): Promise<void> {
    const isThere = async () => (await this.#ask("pid")).ok;
    if (!await waitUntil(isThere, 20_000)) throw new Error("supervisord did not answer within 20 s");
  }

  async pid(): Promise<number> {
    return await Promise.resolve(this.#child.pid);
  }

  async startAll(): Promise<void> {
    await run(this.#control, ["--configuration", this.#config, "start", "all"]);
  }

  async stopAll(): Promise<void> {
    await run(this.#control, ["--configuration", this.#config, "stop", "all"]);
  }

  async managed(): Promise<ReadonlyMap<string, number>> {
    return parseStatus((await this.#ask("status")).stdout);
  }

  async crash(): Promise<void> {
    await this.#child.kill();
  }

  async end(): Promise<void> {
    const child = this.#child.take();
    if (child === undefined) return;
    await output(this.#control, ["--configuration", this.#config, "shutdown"]); // should it fail, it is killed
    const limit = setTimeout(() => void killChild(child), 20_000);
    await child.status;
    clearTimeout(limit);
  }

  async #ask(what: string) {
    return await output(this.#control, ["--configuration", this.#config, what]);
  }
}

/** `p001   RUNNING   pid 4711, uptime 0:00:05`, of which the others have no pid. */
export function parseStatus(text: string): Map<string, number> {
  const rows = text.matchAll(/^(\S+)\s+[A-Z]+\s+pid (\d+),/gm);
  return new Map(Array.from(rows, ([, id = "", pid]) => [id, Number(pid)]));
}

export function supervisordConfig({ dir, programs, autostart }: Setup, logDir: string): string {
  const socket = join(dir, "supervisor.sock");
  const own = [
    `[unix_http_server]\nfile=${socket}`,
    `[supervisord]\nlogfile=${join(dir, "supervisord.log")}\npidfile=${join(dir, "supervisord.pid")}`,
    "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    `[supervisorctl]\nserverurl=unix://${socket}`,
  ];
  const sections = programs.map(({ id, argv, env }) =>
    [
      `[program:${id}]`,
      `command=${argv.join(" ")}`,
      `environment=${Object.entries(env).map(([name, value]) => `${name}="${value}"`).join(",")}`,
      `autostart=${autostart}`,
      "autorestart=true",
      `stopwaitsecs=${STOP_SECONDS}`,
      "stopasgroup=true",
      "killasgroup=true",
      `stdout_logfile=${join(logDir, `${id}.log`)}`, // by default it is deleted at the next start of supervisord
    ].join("\n")
  );
  return [...own, ...sections].join("\n\n") + "\n";
}
