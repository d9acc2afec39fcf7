/** The agent as a subject of the benchmark of supervisors. */
import { join } from "node:path";
import { runAgent, untilReady } from "./bench_support.ts";
import {
  killChild,
  type Setup,
  STOP_SECONDS,
  type Subject,
  type SubjectKind,
  SupervisorChild,
} from "./supervise_subject.ts";

export function agentKind(executable: string): SubjectKind {
  return {
    name: "agent",
    startCommand: "agent process start --all",
    bootCommand: "agent run",
    open: (setup) => new AgentSubject(executable, setup),
  };
}

interface ProcessRow {
  readonly id: string;
  readonly pid?: number;
}

class AgentSubject implements Subject {
  readonly logDir: string;
  readonly #executable: string;
  readonly #config: string;
  readonly #setup: Setup;
  readonly #workDir: string;
  readonly #env: Record<string, string>;
  readonly #child = new SupervisorChild();
  #ended: Deno.CommandStatus | undefined;

  constructor(executable: string, setup: Setup) {
    const { dir } = setup;
    this.#executable = executable;
    this.#setup = setup;
    this.#config = join(dir, "agent.yaml");
    this.#workDir = join(dir, "work");
    this.logDir = join(dir, "logs");
    this.#env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_STATE_HOME: dir, XDG_RUNTIME_DIR: dir };
  }

  async boot(): Promise<void> {
    await Deno.mkdir(this.logDir, { recursive: true });
    await Deno.writeTextFile(this.#config, agentConfig(this.#setup, this.logDir), { mode: 0o600 });
    this.#ended = undefined;
    const child = this.#child.launch(this.#executable, ["run", ...this.#where()], { env: this.#env });
    child.status.then((status) => this.#ended = status);
  }

  async ready(): Promise<void> {
    await untilReady(this.#executable, this.#workDir, this.#env);
  }

  async pid(): Promise<number> {
    return await Promise.resolve(this.#child.pid);
  }

  async startAll(): Promise<void> {
    await runAgent(this.#executable, ["process", "start", "--all", ...this.#where()], this.#env);
  }

  async stopAll(): Promise<void> {
    await runAgent(this.#executable, ["process", "stop", "--all", ...this.#where()], this.#env);
  }

  async managed(): Promise<ReadonlyMap<string, number>> {
    const client = Deno.createHttpClient({ proxy: { transport: "unix", path: join(this.#workDir, "agent.sock") } });
    try {
      const { data } = await (await fetch("http://agent/v1/processes", { client })).json();
      const rows: readonly ProcessRow[] = data.processes;
      return new Map(rows.flatMap(({ id, pid }) => pid === undefined ? [] : [[id, pid]]));
    } finally {
      client.close();
    }
  }

  async crash(): Promise<void> {
    await this.#child.kill();
  }

  async end(): Promise<void> {
    const child = this.#child.take();
    if (child === undefined) return;
    if (this.#ended !== undefined) throw new Error(`it had ended by itself with code ${this.#ended.code}`);
    try {
      await runAgent(this.#executable, ["stop", "--with-processes", ...this.#where()], this.#env);
    } catch (error) {
      await killChild(child); // what it leaves is found by its mark
      throw error;
    }
    await child.status;
  }

  #where(): string[] {
    return ["--config", this.#config, "--work-dir", this.#workDir];
  }
}

/** JSON is YAML too. What is not set is as it is for every user. */
export function agentConfig({ programs, autostart }: Setup, logDir: string): string {
  const processes = programs.map(({ id, argv, env }) => ({
    id,
    command: argv,
    env,
    autostart,
    log: { stdout: join(logDir, `${id}.log`) },
  }));
  return JSON.stringify({
    supervisor: { heartbeat: { listen: "" } }, // no fixed port, so that it runs beside another agent
    process_defaults: {
      restart: { max_retries: 0, stable_after: "1s" },
      stop: { timeout: `${STOP_SECONDS}s` },
    },
    processes,
  });
}
