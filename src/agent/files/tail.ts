import { type Clock, LineCutter, messageOf } from "../../core/mod.ts";
import { openEventStream } from "../../http/mod.ts";
import { type FileFacts, fileFailure, identityOf } from "../../platform/mod.ts";
import type { Access, Reached } from "./access.ts";
import { openToRead } from "./content.ts";
import type { FilesCaller } from "./ports.ts";
import { shown } from "./roots.ts";
import type { Transfer, Transfers } from "./transfers.ts";

export interface TailRequest {
  readonly path: string;
  readonly lines: number;
  readonly follow: boolean;
}

type TailEvent = readonly [event: "line" | "restart" | "failed", data: object];

const CHUNK_BYTES = 64 * 1024;
/** So far back the beginning of the last lines is looked for. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024;
const POLL_MS = 500;
const NEWLINE = 10;

/** The last lines of a file as events, and what is written to it from then on, over its rotations. */
export async function tailOf(
  { access, transfers, clock }: { readonly access: Access; readonly transfers: Transfers; readonly clock: Clock },
  request: TailRequest,
  { signal, isManager }: FilesCaller,
): Promise<Response> {
  const reached = await access.reach(request.path, { follow: true });
  try {
    const { file, facts } = await openToRead(reached);
    const transfer = beginOr(transfers, isManager, () => file.close());
    const tail = new Tail(reached, file, facts, { clock, transfer, follow: request.follow });
    return send(tail, request.lines, transfer, AbortSignal.any([signal, transfer.signal]));
  } catch (error) {
    reached[Symbol.dispose]();
    throw error;
  }
}

function beginOr(transfers: Transfers, isManager: boolean, undo: () => void): Transfer {
  try {
    return transfers.begin({ isManagers: isManager, mayWait: true });
  } catch (error) {
    undo();
    throw error;
  }
}

/** Lines are read when there is room for them: a slow reader holds back the reading, and nothing is kept for him. */
function send(tail: Tail, lines: number, transfer: Transfer, signal: AbortSignal): Response {
  let roomCame = Promise.withResolvers<void>();
  const stream = openEventStream({ onRoom: () => roomCame.resolve() });
  const either = AbortSignal.any([stream.gone, signal]);
  either.addEventListener("abort", () => roomCame.resolve(), { once: true });
  const sendWithRoom = async ([event, data]: TailEvent) => {
    while (stream.room === 0 && !either.aborted) {
      await roomCame.promise;
      roomCame = Promise.withResolvers<void>();
    }
    if (!either.aborted) stream.send(event, JSON.stringify(data));
  };
  const run = async () => {
    try {
      for await (const event of tail.events(lines, either)) await sendWithRoom(event);
    } catch (error) {
      if (!either.aborted) await sendWithRoom(["failed", { reason: messageOf(error) }]);
    } finally {
      tail[Symbol.dispose]();
      transfer.end();
      stream.close();
    }
  };
  stream.send("", "the lines follow");
  void run();
  return stream.response;
}

interface TailOptions {
  readonly clock: Clock;
  readonly transfer: Transfer;
  readonly follow: boolean;
}

class Tail implements Disposable {
  readonly #reached: Reached;
  readonly #options: TailOptions;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #file: Deno.FsFile;
  #identity: string;
  #offset = 0;
  #cutter = new LineCutter();

  constructor(reached: Reached, file: Deno.FsFile, facts: FileFacts, options: TailOptions) {
    this.#reached = reached;
    this.#file = file;
    this.#identity = facts.identity;
    this.#options = options;
  }

  async *events(lines: number, signal: AbortSignal): AsyncGenerator<TailEvent, void> {
    const { clock, follow } = this.#options;
    this.#offset = await this.#startOf(lines, signal);
    for (;;) {
      signal.throwIfAborted();
      const chunk = await this.#read(this.#offset, this.#buffer);
      if (chunk.length > 0) {
        this.#offset += chunk.length;
        yield* this.#lines(this.#cutter.take(chunk));
      } else {
        if (!follow) return yield* this.#lines(this.#cutter.end());
        const restart = await this.#restarted();
        if (restart !== null) yield* restart;
        else await clock.sleep(POLL_MS, signal);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
    this.#reached[Symbol.dispose]();
  }

  /** Where so many last lines begin; what comes after the last line break counts as one. */
  async #startOf(lines: number, signal: AbortSignal): Promise<number> {
    const { size } = await this.#file.stat();
    if (lines === 0) return size;
    let wanted = lines;
    for (let end = size; end > Math.max(0, size - MAX_TAIL_BYTES);) {
      signal.throwIfAborted();
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = await this.#read(start, this.#buffer.subarray(0, end - start));
      for (let at = chunk.lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)) {
        const isLast = start + at === size - 1;
        if (!isLast && --wanted === 0) return start + at + 1;
      }
      end = start;
    }
    return Math.max(0, size - MAX_TAIL_BYTES);
  }

  async #read(from: number, room: Uint8Array): Promise<Uint8Array> {
    try {
      await this.#file.seek(from, Deno.SeekMode.Start);
      return room.subarray(0, await this.#file.read(room) ?? 0);
    } catch (error) {
      throw fileFailure(`read ${shown(this.#reached.path)}`, error);
    }
  }

  /** Looks at what the name means now, once the old file was read to its end. Null where nothing has changed. */
  async #restarted(): Promise<TailEvent[] | null> {
    const { folder, name } = this.#reached;
    const named = await folder.facts(name);
    const { size } = await this.#file.stat();
    if (size < this.#offset) return this.#begin("emptied");
    if (named === null || named.kind !== "file" || named.identity === this.#identity) return null;
    if (size > this.#offset) return []; // the last that was written to it under its old name
    const file = await folder.read(name);
    this.#file.close();
    this.#file = file;
    this.#identity = identityOf(await file.stat());
    return this.#begin("replaced");
  }

  #begin(reason: "emptied" | "replaced"): TailEvent[] {
    const rest = this.#lines(this.#cutter.end());
    this.#offset = 0;
    this.#cutter = new LineCutter();
    return [...rest, ["restart", { reason }]];
  }

  #lines(lines: readonly string[]): TailEvent[] {
    return lines.map((text) => ["line", { text }]);
  }
}
