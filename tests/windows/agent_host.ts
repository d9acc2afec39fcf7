/**
 * A host of its own for each test of the whole program on Windows: a folder whose name has a space and an umlaut, with
 * its own ProgramData and LOCALAPPDATA, in which the bundled program runs by the Deno that runs the tests.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  currentAccount,
  type DefaultPaths,
  defaultPaths,
  type ProcessIdentity,
  processIdentity,
  readPidFile,
  signalProcess,
  waitForExit,
} from "../../src/platform/mod.ts";
import { type AgentStatus, agentStatus } from "../../src/protocol/mod.ts";

/** Long enough for any single step here, on a slow machine under Wine; only what hangs gets to it. */
const LIMIT_MS = 60_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly ts: string;
  readonly level: string;
  readonly msg: string;
}

export class AgentHost implements AsyncDisposable {
  readonly dir: string;
  /** Where the agent keeps its files when nothing was configured. */
  readonly paths: DefaultPaths;
  readonly #program: string;
  readonly #env: Record<string, string>;

  constructor(dir: string, program: string, env: Record<string, string>) {
    this.dir = dir;
    this.#program = program;
    this.#env = env;
    this.paths = defaultPaths({ ...currentAccount(), env });
  }

  /** Runs one command to its end. Its pipes close only when no process is left that has them. */
  async run(...args: string[]): Promise<Ran> {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", this.#program, ...args],
      cwd: this.dir,
      env: this.#env,
      clearEnv: true,
      stdin: "null",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs a command that must succeed; gives what it printed. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Runs a command that must fail with this exit code; gives its complaint. */
  async refused(exitCode: number, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, exitCode, `${args.join(" ")}: ${stdout}${stderr}`);
    return stderr;
  }

  /** `agent status --json`, read by its schema. */
  async status(...args: string[]): Promise<AgentStatus> {
    return agentStatus.parse(JSON.parse(await this.ok("status", "--json", ...args)));
  }

  /** Starts an agent and tells which process that is. */
  async start(...args: string[]): Promise<ProcessIdentity> {
    const { pid } = JSON.parse(await this.ok("start", "--json", ...args));
    const identity = processIdentity(pid);
    assert.ok(identity, `no process ${pid} after the start`);
    return identity;
  }

  /** Writes a file into the host's folder; gives its path. */
  file(name: string, text: string): string {
    const path = join(this.dir, name);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  log(path: string = this.paths.logFile): LogLine[] {
    return readLog(path);
  }

  /** Every process that has begun to be an agent here, by the log. */
  agentPids(): number[] {
    return this.log().filter(({ msg }) => msg === "agent starting").map(({ pid }) => Number(pid));
  }

  /** Kills what is left, so that the folder can go. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of filesNamed("agent.pid", this.dir)) {
      const found = await readPidFile(path);
      if (found.state === "running") await kill(found.identity);
    }
    await eventually("nothing of the host's folder is in use", () => removed(this.dir));
  }
}

/** The system may let go of a killed process's files and folder only after it has told of its end. */
async function removed(dir: string): Promise<boolean> {
  try {
    await Deno.remove(dir, { recursive: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.Busy) return false;
    throw error;
  }
}

/** The program is copied: beside the repository's deno.json the runtime would care for node_modules. */
export async function agentHost(): Promise<AgentHost> {
  const bundle = Deno.env.get("FARHAND_AGENT");
  assert.ok(bundle, "FARHAND_AGENT does not name the bundled program; run `deno task test:windows`");
  const dir = await Deno.makeTempDir({ prefix: "farhand hôst " });
  const program = join(dir, "agent.js");
  await Deno.copyFile(bundle, program);
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !/^(AGENT_|NO_COLOR$)/i.test(name));
  const own = { ProgramData: join(dir, "ProgramData"), LOCALAPPDATA: join(dir, "Local") };
  const others = inherited.filter(([name]) =>
    !Object.keys(own).some((key) => key.toLowerCase() === name.toLowerCase())
  );
  for (const folder of Object.values(own)) await Deno.mkdir(folder);
  return new AgentHost(dir, program, { ...Object.fromEntries(others), ...own, NO_COLOR: "1" });
}

/** Ends a process as the task manager does, and waits until it is gone. */
export async function kill(identity: ProcessIdentity): Promise<void> {
  signalProcess(identity, "SIGKILL");
  await waitForExit(identity, { signal: AbortSignal.timeout(LIMIT_MS) });
}

/** Waits for a condition, however long it takes; one that never comes fails the test by its name. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const giveUpMs = Date.now() + LIMIT_MS; !await condition();) {
    assert.ok(Date.now() < giveUpMs, `in vain waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Each line as the object that it must be; one that has no end is being written just now. */
export function readLog(path: string): LogLine[] {
  const lines = Deno.readTextFileSync(path).split("\n");
  return lines.slice(0, -1).filter((line) => line !== "").map((line) => JSON.parse(line));
}

function* filesNamed(wanted: string, dir: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(dir)) {
    const path = join(dir, name);
    if (isDirectory) yield* filesNamed(wanted, path);
    else if (name === wanted) yield path;
  }
}
