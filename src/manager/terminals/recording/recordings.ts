import { AppError } from "../../../core/mod.ts";
import { fileError } from "../../../platform/mod.ts";
import type { Recording } from "../../../protocol/mod.ts";
import type { RecordingIndexPort, RecordingQuery, RecordingRecord } from "../ports.ts";
import { castPath, type Recorders } from "./recorders.ts";
import type { Upkeep } from "./upkeep.ts";

export interface RecordingsOptions {
  readonly index: RecordingIndexPort;
  readonly recorders: Pick<Recorders, "running">;
  readonly upkeep: Pick<Upkeep, "remove">;
  readonly dir: string;
}

export interface RecordingPage {
  readonly recordings: readonly Recording[];
  readonly next: { readonly startedMs: number; readonly id: string } | null;
}

/** The bytes of a recording, as far as they have been written. */
export interface Cast {
  readonly sizeBytes: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

const CHUNK_BYTES = 64 * 1024;

/** What was recorded, for those who may see it. */
export class Recordings {
  readonly #options: RecordingsOptions;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  async list({ limit, ...query }: RecordingQuery): Promise<RecordingPage> {
    const found = await this.#options.index.list({ ...query, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const hasMore = found.length > limit && last !== undefined;
    return {
      recordings: page.map((record) => this.#viewOf(record)),
      next: hasMore ? { startedMs: last.startedMs, id: last.id } : null,
    };
  }

  async get(id: string): Promise<Recording | null> {
    const record = await this.#options.index.get(id);
    return record === null ? null : this.#viewOf(record);
  }

  /** Of one that goes on, what there is of it now. */
  async cast(id: string): Promise<Cast> {
    const running = this.#options.recorders.running(id);
    await running?.file.flush();
    const path = castPath(this.#options.dir, id);
    const file = await Deno.open(path).catch((error) => {
      throw fileError("read the recording", path, error);
    });
    const sizeBytes = running?.file.writtenBytes ?? (await file.stat()).size;
    return { sizeBytes, body: firstBytes(file, sizeBytes) };
  }

  /** False where there is none. */
  async remove(id: string): Promise<boolean> {
    if (this.#options.recorders.running(id)?.isRecording === true) {
      throw new AppError("conflict", "This recording goes on; end its terminal first, or wait for it to end");
    }
    return await this.#options.upkeep.remove(id);
  }

  #viewOf({ position: _, endedMs, ...record }: RecordingRecord): Recording {
    const running = this.#options.recorders.running(record.id);
    if (running === null) return { ...record, ...(endedMs !== null && { endedMs }) };
    const { position: __, ...progress } = running.progress;
    return { ...record, ...progress };
  }
}

function firstBytes(file: Deno.FsFile, sizeBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = sizeBytes;
  return new ReadableStream({
    async pull(controller) {
      try {
        const bytes = new Uint8Array(Math.min(left, CHUNK_BYTES));
        const read = left === 0 ? null : await file.read(bytes);
        if (read === null) {
          file.close();
          return controller.close();
        }
        left -= read;
        controller.enqueue(bytes.subarray(0, read));
      } catch (error) {
        file.close();
        throw error;
      }
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}
