/** What the simulator and its worker processes say to each other: JSON, a line for each message. */
import type { HistogramData } from "./fleet_histogram.ts";

/** The first and only line that a worker is given; it ends with its standard input. */
export interface WorkerOrder {
  /** Of the manager, as the agents' config has it. */
  readonly address: string;
  readonly tokenFile: string;
  /** "" for plain HTTP. */
  readonly caFingerprint: string;
  /** Where the hosts keep their identities. */
  readonly dir: string;
  readonly runName: string;
  readonly firstHost: number;
  readonly hosts: number;
  readonly processes: number;
  readonly loss: number;
  readonly churnPerMinute: number;
  readonly startRate: number;
  readonly historyMs: number;
}

/** Logins are counted in such parts of time. */
export const LOGIN_SLOT_MS = 100;

/** What a worker tells some times a second; numbers are of the time since the line before. */
export interface WorkerTick {
  readonly connected: number;
  /** Connections made, by the part of time (since 1970) in which they were. */
  readonly logins: readonly (readonly [slot: number, count: number])[];
  /** Connections that ended. */
  readonly ends: number;
  readonly answers: HistogramData;
  /** Warnings of the agents, by their words, and how often. */
  readonly warnings: readonly (readonly [text: string, count: number])[];
  /** How late the worker's own timer was: answers that it takes so long to look at are not the manager's. */
  readonly lagMs: number;
}

/** The lines of a stream as they come; what is no whole line at its end is dropped. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
