import { type Clock, joinedBytes } from "../core/mod.ts";
import type { CommandGroup, ExitStatus } from "./halves.ts";

/** How a run ended. Where it was stopped, its output is not to be used. */
export interface CommandRun {
  /** Why the command was killed; null when it ended by itself. */
  readonly killedFor: "timeout" | "output" | "stop" | null;
  /** Null when not even being killed has ended it yet. */
  readonly status: ExitStatus | null;
  readonly stdout: Uint8Array;
  /** The beginning of it, or the end where that was wanted. */
  readonly stderr: Uint8Array;
}

export interface CommandLimits {
  readonly timeoutMs: number;
  /** Of stdout, and of stderr. */
  readonly maxOutputBytes: number;
  /** Keep only so much of the end of each output, instead of the beginning. */
  readonly tailBytes?: number;
}

/** What the first line of stderr may have. */
const STDERR_KEPT_BYTES = 4 * 1024;
/** Time to end decently after SIGTERM. */
const GRACE_MS = 1_000;
/** Time that SIGKILL may take: a process that waits for a dead disk cannot be killed at all. */
const KILL_MS = 1_000;
/** Time for the last output to arrive after the command has ended; whoever still holds the pipes then is killed. */
const DRAIN_MS = 200;

/** Waits for a command's end and sees to it that it, and all of its group, do end. Returns when nothing of it is left. */
export async function runCommand(
  group: CommandGroup,
  limits: CommandLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<CommandRun> {
  const stop = new AbortController();
  const onAbort = () => stop.abort("stop");
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const tooMuch = () => stop.abort("output");
  const { maxOutputBytes, tailBytes } = limits;
  const stdout = new Capture(group.stdout, keptOf(tailBytes, maxOutputBytes), maxOutputBytes, tooMuch);
  const stderr = new Capture(group.stderr, keptOf(tailBytes, STDERR_KEPT_BYTES), maxOutputBytes, tooMuch);
  try {
    const stopped = await Promise.race([
      group.exited.then(() => null),
      clock.sleep(limits.timeoutMs, stop.signal).then(() => "timeout" as const, () => "other" as const),
    ]);
    const status = stopped === null ? await group.exited : await terminate(group, clock);
    await drained(group, [stdout, stderr], clock);
    // More output than allowed may have arrived with the end itself.
    const reason: CommandRun["killedFor"] = stop.signal.aborted ? stop.signal.reason : null;
    return {
      killedFor: stopped === "timeout" ? "timeout" : reason,
      status,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
    };
  } finally {
    signal.removeEventListener("abort", onAbort);
    stop.abort("stop"); // ends the wait for the time limit
  }
}

async function terminate(group: CommandGroup, clock: Clock): Promise<ExitStatus | null> {
  group.kill("SIGTERM");
  const status = await within(group.exited, GRACE_MS, clock);
  if (status !== null) return status;
  group.kill("SIGKILL");
  return await within(group.exited, KILL_MS, clock);
}

/** Reads what has come, and ends whoever of the group is left: a measurement starts no services. */
async function drained(group: CommandGroup, captures: readonly Capture[], clock: Clock): Promise<void> {
  const ended = Promise.all(captures.map((capture) => capture.ended));
  const complete = await within(ended, DRAIN_MS, clock);
  group.kill("SIGKILL");
  if (complete === null) await within(ended, DRAIN_MS, clock);
  await Promise.all(captures.map((capture) => capture.close()));
}

/** The result of the work, or null when it takes longer. */
async function within<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T | null> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, done.signal).then(() => null)]);
  } finally {
    done.abort();
  }
}

/** Which part of an output is kept. */
interface Kept {
  readonly bytes: number;
  readonly isEnd: boolean;
}

function keptOf(tailBytes: number | undefined, headBytes: number): Kept {
  return tailBytes === undefined ? { bytes: headBytes, isEnd: false } : { bytes: tailBytes, isEnd: true };
}

/** Reads a stream to its end, keeps a part of it, and tells when there is too much of it. */
class Capture {
  /** Resolves at the end of the stream, however it comes. */
  readonly ended: Promise<true>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;

  constructor(stream: ReadableStream<Uint8Array>, kept: Kept, maxBytes: number, onTooMuch: () => void) {
    this.#reader = stream.getReader();
    this.ended = this.#read(kept, maxBytes, onTooMuch);
  }

  bytes(): Uint8Array {
    return joinedBytes(this.#chunks);
  }

  /** Lets go of the stream, whoever may still hold its other end. */
  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {
      // The pipe broke: there is nothing to let go of.
    });
  }

  async #read(kept: Kept, maxBytes: number, onTooMuch: () => void): Promise<true> {
    let total = 0;
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) return true;
        total += value.length;
        if (kept.isEnd) this.#keepEnd(value, kept.bytes);
        else if (this.#kept < kept.bytes) this.#keep(value.subarray(0, kept.bytes - this.#kept));
        if (total > maxBytes) {
          onTooMuch();
          return true;
        }
      }
    } catch {
      // A pipe that breaks has ended: what came through is all there is.
      return true;
    }
  }

  #keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
  }

  /** Copies, so that a large piece is not kept for the sake of its end. */
  #keepEnd(chunk: Uint8Array, bytes: number): void {
    this.#keep(chunk.subarray(-bytes));
    const end = this.bytes().slice(-bytes);
    this.#chunks.splice(0, this.#chunks.length, end);
    this.#kept = end.length;
  }
}
