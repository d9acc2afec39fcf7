/** Runs the program under test, with everything that it prints kept and a limit on how long it may take. */
import { until } from "./host.ts";

export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** No command takes as long on a machine that is merely busy. */
const LIMIT_MS = 90_000;

export function command(
  [program, ...args]: readonly [string, ...string[]],
  { env, cwd, uid, detached = false }: { env: Record<string, string>; cwd: string; uid?: number; detached?: boolean },
): Deno.Command {
  const account = uid === undefined ? {} : { uid, gid: uid };
  return new Deno.Command(program, {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached,
    ...account,
  });
}

export async function runToEnd(command: Deno.Command): Promise<Ended> {
  return await new AgentProcess(command).ended;
}

/** A command that runs. */
export class AgentProcess {
  readonly pid: number;
  /** Resolves when it has ended and all its output is read; rejects when it had to be killed because of the limit. */
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";
  #hasEnded = false;

  constructor(command: Deno.Command) {
    this.#child = command.spawn();
    this.pid = this.#child.pid;
    this.ended = this.#untilEnded();
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits until it has printed the text, wherever. */
  async printed(text: string): Promise<void> {
    const has = () => this.#stdout.includes(text) || this.#stderr.includes(text);
    await until(() => {
      if (!has() && this.#hasEnded) throw new Error(`It ended without "${text}":\n${this.#stdout}${this.#stderr}`);
      return has();
    }, `the agent prints "${text}"`);
  }

  async #untilEnded(): Promise<Ended> {
    let tookTooLong = false;
    const timer = setTimeout(() => {
      tookTooLong = true;
      this.#child.kill("SIGKILL");
    }, LIMIT_MS);
    const [{ code, signal }] = await Promise.all([
      this.#child.status,
      collect(this.#child.stdout, (text) => this.#stdout += text),
      collect(this.#child.stderr, (text) => this.#stderr += text),
    ]);
    clearTimeout(timer);
    this.#hasEnded = true;
    if (tookTooLong) throw new Error(`It took more than ${LIMIT_MS} ms:\n${this.#stdout}${this.#stderr}`);
    return { code, signal, stdout: this.#stdout, stderr: withoutRuntimeNoise(this.#stderr) };
  }
}

async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>, add: (text: string) => void): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) add(text);
}

let cache: Promise<Record<string, string>> | undefined;

/** Of the sources only: what Deno says while another Deno looks at the packages. */
export function withoutRuntimeNoise(stderr: string): string {
  return stderr.replaceAll(/^.*Blocking.* waiting for file lock on node_modules directory\n/gm, "");
}

/** Deno keeps what it made of the sources under HOME unless told where; the executable needs nothing of the kind. */
export async function sourceCache(executable: string | undefined): Promise<Record<string, string>> {
  if (executable !== undefined) return {};
  return await (cache ??= findCache());
}

async function findCache(): Promise<Record<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stderr: "null" }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  return { DENO_DIR: String(denoDir), DENO_NO_UPDATE_CHECK: "1" };
}
