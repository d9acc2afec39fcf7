/** What the tests of the launcher on Windows share: programs that tell what they were given, and a place for them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createWindowsLauncher } from "../../src/platform/launcher.windows.ts";
import type { Launcher, LaunchOptions, ObservedExit, ProcessIdentity } from "../../src/platform/mod.ts";
import { eventually } from "./agent_host.ts";

/** Writes what it was given as one line of JSON, and ends with 7. */
export const TELL = `
console.log(JSON.stringify({ args: Deno.args, cwd: Deno.cwd(), env: Deno.env.toObject() }));
console.error("to stderr");
Deno.exit(7);`;

/** Lives until it is ended. */
export const LIVE = "setInterval(() => {}, 1_000);";

/** Starts a child that starts a child, each detached, says who they are, and lives, as they do. */
export const FAMILY = `
const [generations = "0"] = Deno.args;
if (generations !== "0") {
  const args = ["run", "-A", "--no-check", import.meta.filename, String(Number(generations) - 1)];
  const options = { args, stdin: "null", stdout: "inherit", stderr: "inherit", detached: true };
  new Deno.Command(Deno.execPath(), options).spawn().unref();
}
console.log("pid " + Deno.pid);
${LIVE}`;

export class LauncherHost implements AsyncDisposable {
  readonly dir: string;
  readonly jobName = `farhand-test-${crypto.randomUUID()}`;
  readonly output: string;
  readonly #launchers: Launcher[] = [];
  readonly #started: ProcessIdentity[] = [];

  constructor() {
    this.dir = Deno.makeTempDirSync({ prefix: "farhand läunch " });
    this.output = join(this.dir, "out.log");
  }

  /** As an agent makes one when it starts. */
  launcher(): Launcher {
    const launcher = createWindowsLauncher();
    this.#launchers.push(launcher);
    return launcher;
  }

  script(text: string): string {
    const path = join(this.dir, `script ${crypto.randomUUID()}.ts`);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** To run a script with these arguments; `more` is what else is to be so. */
  options(script: string, args: readonly string[] = [], more: Partial<LaunchOptions> = {}): LaunchOptions {
    return {
      argv: [Deno.execPath(), "run", "-A", "--no-check", this.script(script), ...args],
      cwd: this.dir,
      env: { ...Deno.env.toObject(), FARHAND_PROCESS: "test/app/1" },
      stdout: this.output,
      stderr: this.output,
      user: "",
      group: "",
      umask: null,
      nice: 0,
      ulimits: {},
      cgroup: "",
      jobName: this.jobName,
      ...more,
    };
  }

  launch(launcher: Launcher, options: LaunchOptions): ProcessIdentity {
    const identity = launcher.launch(options);
    this.#started.push(identity);
    return identity;
  }

  /** Runs something to its end. */
  run(launcher: Launcher, options: LaunchOptions): Promise<ObservedExit> {
    return exitOf(launcher, this.launch(launcher, options));
  }

  lines(path: string = this.output): string[] {
    return readLines(path);
  }

  /** Who a FAMILY of so many says that they are. */
  async family(members: number, path: string = this.output): Promise<number[]> {
    const pids = () => this.lines(path).flatMap((line) => line.match(/^pid (\d+)$/)?.[1] ?? []);
    await eventually(`${members} to say who they are`, () => pids().length >= members);
    return pids().map(Number);
  }

  /** Kills what is left, so that the folder can go. */
  async [Symbol.asyncDispose](): Promise<void> {
    const launcher = this.launcher();
    for (const leader of [...this.#started, null]) {
      const tree = { leader, marker: "", cgroup: "", jobName: this.jobName };
      assert.equal(await launcher.killTree(tree, AbortSignal.timeout(30_000)), 0);
    }
    for (const made of this.#launchers) made.close();
    await eventually("the folder to be free", () => removed(this.dir));
  }
}

export function exitOf(launcher: Launcher, identity: ProcessIdentity): Promise<ObservedExit> {
  return new Promise((resolve) => launcher.watch(identity, resolve));
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split(/\r?\n/).filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Windows lets go of the files of a process only some time after it has ended. */
function removed(dir: string): boolean {
  try {
    Deno.removeSync(dir, { recursive: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    return false;
  }
}
