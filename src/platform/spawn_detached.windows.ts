import { systemClock } from "../core/mod.ts";
import type { DetachedProcess, SpawnOptions } from "./halves.ts";

const OUTPUT_TAIL_CHARACTERS = 64 * 1024;
/** How long the last output may take to arrive after the program has ended. */
const DRAIN_MS = 1_000;

/**
 * What the program writes to stderr is read for as long as we live; afterwards it goes nowhere. There is no shell to
 * open the output file, and none is needed: the agent opens its own log.
 */
export function spawnWithoutConsole({ argv: [program, ...args], cwd, env }: SpawnOptions): DetachedProcess {
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  child.unref();
  let tail = "";
  const drained = drain(child.stderr, (text) => tail = (tail + text).slice(-OUTPUT_TAIL_CHARACTERS));
  return {
    pid: child.pid,
    exited: child.status.then(async ({ code, signal }) => {
      await withinMs(DRAIN_MS, drained);
      return { code, signal };
    }),
    output: () => tail,
  };
}

async function drain(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) onText(decoder.decode(chunk, { stream: true }));
  } catch {
    // A pipe that breaks has ended: what came through is all there is.
  }
}

/** Waits for the work, but not for ever: a grandchild may keep the pipe open after the program has ended. */
async function withinMs(ms: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, systemClock.sleep(ms, done.signal)]);
  done.abort();
}
