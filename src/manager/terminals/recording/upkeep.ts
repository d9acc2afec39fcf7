import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import { ensurePrivateDir } from "../../../platform/mod.ts";
import { castHeader } from "../../../protocol/mod.ts";
import type { RecordingIndexPort, RecordingRecord } from "../ports.ts";
import { castPath, type Recorders } from "./recorders.ts";
import { firstLine, mend } from "./tail.ts";

export interface UpkeepOptions {
  readonly index: RecordingIndexPort;
  readonly recorders: Pick<Recorders, "all" | "isOurs" | "repaired">;
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keepMs: () => number;
  readonly maxTotalBytes: () => number;
}

const PAGE = 200;
/** What a recording takes besides its bytes: of the disk, and of the index. */
const OVERHEAD_BYTES = 4_096;
const NAME = /^([0-9a-f-]{36})\.cast$/;

/** Keeps files and index together, and both within their bounds. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #trouble: StateLog;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#trouble = createStateLog(options.log, options.clock, "upkeep of recordings");
  }

  /** After a manager that was killed: what it has not ended ends, and what it has not told the index is told. */
  async repair(): Promise<void> {
    await this.#trying(async () => {
      ensurePrivateDir(this.#options.dir);
      for (const record of await this.#options.index.open()) {
        if (!this.#options.recorders.isOurs(record.id)) await this.#endOf(record);
      }
      const files = await this.#files();
      await this.#dropThoseWithoutFile(files);
      for (const id of files) await this.#adopt(id);
    });
    this.#options.recorders.repaired();
  }

  /** Forgets what is too old, and the oldest of what is too much. */
  async trim(signal: AbortSignal): Promise<void> {
    const { index, clock, keepMs, maxTotalBytes } = this.#options;
    await this.#trying(async () => {
      const { count, sizeBytes } = await index.usage();
      let usedBytes = sizeBytes + count * OVERHEAD_BYTES;
      const beforeMs = clock.nowMs() - keepMs();
      while (!signal.aborted) {
        const oldest = await index.oldest(PAGE);
        for (const record of oldest) {
          if (record.startedMs >= beforeMs && usedBytes <= maxTotalBytes()) return;
          await this.remove(record.id);
          usedBytes -= record.sizeBytes + OVERHEAD_BYTES;
        }
        if (oldest.length < PAGE) break;
      }
      if (usedBytes > maxTotalBytes()) this.#cutLargest();
    });
  }

  /** The file first: one that the index does not know would come back at the next start. */
  async remove(id: string): Promise<boolean> {
    const { dir, index } = this.#options;
    await Deno.remove(castPath(dir, id)).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    return await index.remove(id);
  }

  /** There is nothing left to remove, so one that goes on has to end. */
  #cutLargest(): void {
    const [largest] = this.#options.recorders.all().toSorted((a, b) => b.file.sizeBytes - a.file.sizeBytes);
    largest?.cut("all recordings together are as large as terminals.max_total_bytes allows");
  }

  async #endOf(record: RecordingRecord): Promise<void> {
    const { dir, index } = this.#options;
    const remains = await mend(castPath(dir, record.id)).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    });
    if (remains === null) return void await index.remove(record.id);
    const endedMs = record.startedMs + remains.durationMs;
    await index.change(record.id, { ...remains, endedMs, reason: "the manager has ended meanwhile" });
  }

  async #files(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const { name, isFile } of Deno.readDir(this.#options.dir)) {
      const id = NAME.exec(name)?.[1];
      if (isFile && id !== undefined) ids.add(id);
    }
    return ids;
  }

  /** Takes those out of `files` that are in the index. */
  async #dropThoseWithoutFile(files: Set<string>): Promise<void> {
    const { index, recorders } = this.#options;
    let before: RecordingRecord | undefined;
    do {
      const page: RecordingRecord[] = await index.list({ limit: PAGE, ...(before !== undefined && { before }) });
      for (const { id } of page) {
        if (!files.delete(id) && !recorders.isOurs(id)) await index.remove(id);
      }
      before = page.length < PAGE ? undefined : page.at(-1);
    } while (before !== undefined);
  }

  /** A database that was put back knows nothing of what was recorded after it had been copied. */
  async #adopt(id: string): Promise<void> {
    const { dir, index, log, recorders } = this.#options;
    if (recorders.isOurs(id)) return;
    const path = castPath(dir, id);
    const head = castHeader().safeParse(parsed(await firstLine(path)));
    if (!head.success) return log.warn("a file among the recordings is none, and is left as it is", { path });
    const { width: cols, height: rows, timestamp, farhand } = head.data;
    const remains = await mend(path);
    const startedMs = timestamp * 1_000;
    await index.add({
      ...{ id, ...farhand, ...remains, cols, rows, startedMs, endedMs: startedMs + remains.durationMs },
      ...{ user: "", shell: "", title: "", isCut: false, position: 0 },
      reason: "it was found on the disk",
    });
    log.info("a recording that the index did not know was found", { id });
  }

  async #trying(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#trouble.recovered();
    } catch (error) {
      // It is tried again with the next recording that ends, and in ten minutes.
      this.#trouble.failed(messageOf(error));
    }
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined; // it is no recording, of which the caller tells
  }
}
