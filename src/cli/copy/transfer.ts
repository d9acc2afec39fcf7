import { AppError, type Clock, type ErrorCode, fullJitterMs, messageOf } from "../../core/mod.ts";
import type { Sink, Source } from "./contract.ts";
import { HashOnce } from "./hash_once.ts";

export interface TransferOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** How long it is tried again while nothing comes. */
  readonly patienceMs: number;
  /** Told how much has gone through, over and over. */
  readonly onBytes: (bytes: number) => void;
  /** Told that the connection broke, with the reason. */
  readonly onBroken: (reason: string) => void;
}

/** What passes, as a network does; all else would come again. */
const PASSING: readonly ErrorCode[] = ["unavailable", "timeout", "host_offline", "rate_limited", "cancelled"];
const BACKOFF = { baseMs: 500, maxMs: 15_000 } as const;

/**
 * Moves a file, going on where a broken connection has left it, and checks that what has come is what was sent. Gives its
 * size. Whatever comes of it, the sink is finished or abandoned.
 */
export async function transfer(source: Source, sink: Sink, options: TransferOptions): Promise<number> {
  const hash = new HashOnce();
  try {
    for await (const chunk of sink.earlier()) hash.add(hash.bytes, chunk);
    await new Mover(source, sink, hash, options).run();
    const sha256 = hash.digest();
    const wanted = await source.digest(hash.bytes, options.signal);
    if (wanted !== null && wanted !== sha256) {
      throw new AppError(
        "conflict",
        "What has come is not what is there: it changed while it was copied; copy it again",
      );
    }
    await sink.finish(hash.bytes, sha256, options.signal);
    return hash.bytes;
  } catch (error) {
    // What was interrupted, or could not go on for the network's sake, may be gone on with by another run.
    await sink.abandon(!options.signal.aborted && !isPassing(error));
    throw error;
  }
}

class Mover {
  readonly #source: Source;
  readonly #sink: Sink;
  readonly #hash: HashOnce;
  readonly #options: TransferOptions;

  constructor(source: Source, sink: Sink, hash: HashOnce, options: TransferOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#hash = hash;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { clock, random, signal, patienceMs, onBroken } = this.#options;
    let furthest = 0;
    let failures = 0;
    let sinceMs = clock.monotonicMs();
    for (;;) {
      try {
        return await this.#move();
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error)) throw error;
        if (this.#hash.bytes > furthest) {
          furthest = this.#hash.bytes;
          failures = 0;
          sinceMs = clock.monotonicMs();
        }
        if (clock.monotonicMs() - sinceMs >= patienceMs) throw error;
        onBroken(messageOf(error));
        await clock.sleep(fullJitterMs(BACKOFF, ++failures, random()), signal);
      }
    }
  }

  async #move(): Promise<void> {
    const { signal } = this.#options;
    const { sizeBytes } = this.#source;
    let at = await this.#sink.received(signal);
    if (sizeBytes !== null && at >= sizeBytes) return;
    const content = await this.#source.open(at, signal);
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        this.#hash.add(at, chunk);
        at += chunk.length;
        this.#options.onBytes(at);
        controller.enqueue(chunk);
      },
    });
    await this.#sink.write(at, content.pipeThrough(counted), signal);
    if (sizeBytes === null || at >= sizeBytes) return;
    throw new AppError("unavailable", `the connection ended after ${at} of ${sizeBytes} bytes`);
  }
}

/** Of a body that breaks the runtime tells by errors of its own, mostly by a TypeError. */
function isPassing(error: unknown): boolean {
  if (error instanceof AppError) return PASSING.includes(error.code) || isBehind(error);
  const { BrokenPipe, ConnectionAborted, ConnectionReset, Http, Interrupted, TimedOut, UnexpectedEof } = Deno.errors;
  return [BrokenPipe, ConnectionAborted, ConnectionReset, Http, Interrupted, TimedOut, UnexpectedEof, TypeError]
    .some((kind) => error instanceof kind);
}

/** The other side has less than we thought, or more. */
function isBehind({ code, details }: AppError): boolean {
  return code === "conflict" && typeof details === "object" && details !== null && "receivedBytes" in details;
}
