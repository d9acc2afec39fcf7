/** For tests only: child processes that run a few lines of TypeScript on this folder's API with this same Deno. */
import { join } from "node:path";

export interface ScriptProcess extends AsyncDisposable {
  readonly pid: number;
  /** The next line that it prints; rejects when it ends before. */
  nextLine(): Promise<string>;
  readonly status: Promise<Deno.CommandStatus>;
  kill(signal: Deno.Signal): void;
}

/** Starts a script that has the API as `platform`; `wrapper` is a command that starts it, such as `unshare -n`. */
export function startScript(body: string, wrapper: readonly string[] = []): ScriptProcess {
  const directory = Deno.makeTempDirSync();
  const script = join(directory, "script.ts");
  const api = new URL("./mod.ts", import.meta.url).href;
  Deno.writeTextFileSync(script, `import * as platform from ${JSON.stringify(api)};\n${body}\n`);
  const [program = "", ...args] = [...wrapper, Deno.execPath(), "run", "-A", "--no-check", script];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped" }).spawn();
  const lines = readLines(child.stdout);
  return {
    pid: child.pid,
    status: child.status,
    kill: (signal) => child.kill(signal),
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error("The script ended without printing another line");
      return value;
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await lines.return(undefined);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Starts a process that tries to take a lock, prints whether it has it, and then stays. */
export function startLockTaker(path: string): ScriptProcess {
  return startScript(
    `console.log(platform.acquireLock(${JSON.stringify(path)}) !== null); setInterval(() => {}, 1_000);`,
  );
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Waits for a condition, without which the test would hang and fail by its time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
