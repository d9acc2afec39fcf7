import { join } from "node:path";
import { AppError, messageOf } from "../../../core/mod.ts";
import { ensurePrivateDir, writePrivateFile } from "../../../platform/mod.ts";

/** What is remembered of an unfinished upload, so that it can go on, or be cleared away, after a restart. */
export interface UploadRecord {
  readonly id: string;
  /** As it was asked for. */
  readonly path: string;
  /** With all links resolved: the folder in which it grows, by which name, and which name it shall have. */
  readonly folder: string;
  readonly stagingName: string;
  readonly name: string;
  /** Of the growing file; "" where files have none. Nothing else is ever written to or removed. */
  readonly identity: string;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly mode: number | null;
  readonly overwrite: boolean;
  readonly by: string;
  readonly createdMs: number;
}

const SUFFIX = ".json";
const MAX_RECORD_BYTES = 64 * 1024;

/** One small private file for each, in the agent's own directory. */
export class UploadRecords {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async save(record: UploadRecord): Promise<void> {
    ensurePrivateDir(this.#dir);
    await writePrivateFile(this.#file(record.id), `${JSON.stringify(record, null, 2)}\n`);
  }

  async forget(id: string): Promise<void> {
    try {
      await Deno.remove(this.#file(id));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw new AppError("unavailable", `Cannot forget an upload: ${messageOf(error)}`, { cause: error });
    }
  }

  /** All that can be read; `onBad` is told of the others. */
  async all(onBad: (file: string, reason: string) => void): Promise<UploadRecord[]> {
    const records: UploadRecord[] = [];
    for (const name of this.#names()) {
      try {
        const record = await this.#read(join(this.#dir, name));
        if (`${record.id}${SUFFIX}` !== name) throw new Error("it has another id than its name");
        records.push(record);
      } catch (error) {
        onBad(name, messageOf(error));
      }
    }
    return records;
  }

  #names(): string[] {
    try {
      return [...Deno.readDirSync(this.#dir)].map(({ name }) => name).filter((name) => name.endsWith(SUFFIX));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw new AppError("unavailable", `Cannot read ${this.#dir}: ${messageOf(error)}`, { cause: error });
    }
  }

  async #read(path: string): Promise<UploadRecord> {
    if ((await Deno.stat(path)).size > MAX_RECORD_BYTES) throw new Error("it is too long");
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    if (isRecord(value)) return value;
    throw new Error("it is no record of an upload");
  }

  #file(id: string): string {
    return join(this.#dir, `${id}${SUFFIX}`);
  }
}

function isRecord(value: unknown): value is UploadRecord {
  if (typeof value !== "object" || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  const texts = ["id", "path", "folder", "stagingName", "name", "identity", "by"];
  const isNumberOrNull = (key: string) => given[key] === null || typeof given[key] === "number";
  return texts.every((key) => typeof given[key] === "string") && /^[0-9a-f]{32}$/.test(String(given.id)) &&
    isNumberOrNull("sizeBytes") && isNumberOrNull("mode") && typeof given.createdMs === "number" &&
    (given.sha256 === null || typeof given.sha256 === "string") && typeof given.overwrite === "boolean";
}
