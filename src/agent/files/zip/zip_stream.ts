import { crc32 } from "node:zlib";
import { AppError, joinedBytes } from "../../../core/mod.ts";
import { DeflateBlocks, lastBlock } from "./deflate_blocks.ts";
import { centralRecord, dataDescriptor, endRecords, localHeader, type ZipEntry } from "./zip_records.ts";

/** Something to be put into an archive. */
export interface ZipItem {
  /** With slashes; that of a folder without one at its end. */
  readonly name: string;
  readonly modifiedMs: number;
  readonly mode: number | null;
  /** Null for a folder. Never more than this comes of its content. */
  readonly sizeBytes: number | null;
  /** Pieces may be used again once the next one is asked for. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** What is known of each of them must be kept until the end, some 100 bytes, so there cannot be any number of them. */
const MAX_ZIP_ITEMS = 200_000;
/** The list at the end is kept in parts of this size, so that it is never copied as a whole. */
const LIST_PART_BYTES = 64 * 1024;

/** An archive as it is read, in little memory whatever its size. Names that are there twice stay there twice. */
export async function* zipStream(items: AsyncIterable<ZipItem>): AsyncGenerator<Uint8Array, void> {
  const list = new CentralList();
  let offset = 0;
  for await (const item of items) {
    if (list.count >= MAX_ZIP_ITEMS) {
      throw new AppError("too_large", `An archive takes ${MAX_ZIP_ITEMS} files and folders at most; ask for less`);
    }
    const entry = entryOf(item);
    const start = offset;
    const content = { crc: 0, storedBytes: 0, sizeBytes: 0 };
    for await (const bytes of entryBytes(entry, item, content)) {
      offset += bytes.length;
      yield bytes;
    }
    list.add(centralRecord(entry, content, start));
  }
  yield* list.parts();
  yield endRecords(list.count, list.bytes, offset);
}

async function* entryBytes(
  entry: ZipEntry,
  item: ZipItem,
  content: { crc: number; storedBytes: number; sizeBytes: number },
): AsyncGenerator<Uint8Array, void> {
  yield localHeader(entry);
  if (!entry.isFolder) {
    const blocks = new DeflateBlocks();
    const last = lastBlock();
    for await (const chunk of item.content()) {
      if (chunk.length === 0) continue;
      content.crc = crc32(chunk, content.crc);
      content.sizeBytes += chunk.length;
      const block = blocks.next(chunk);
      content.storedBytes += block.length;
      yield block;
    }
    content.storedBytes += last.length;
    yield last;
  }
  yield dataDescriptor(entry, content);
}

function entryOf({ name, modifiedMs, mode, sizeBytes }: ZipItem): ZipEntry {
  const isFolder = sizeBytes === null;
  return {
    name: new TextEncoder().encode(isFolder ? `${name}/` : name),
    isFolder,
    modifiedMs,
    mode,
    sizeBytes: sizeBytes ?? 0,
  };
}

class CentralList {
  readonly #parts: Uint8Array[] = [];
  #open: Uint8Array[] = [];
  #openBytes = 0;
  count = 0;
  bytes = 0;

  add(record: Uint8Array): void {
    this.count++;
    this.bytes += record.length;
    this.#open.push(record);
    this.#openBytes += record.length;
    if (this.#openBytes >= LIST_PART_BYTES) this.#close();
  }

  *parts(): Generator<Uint8Array, void> {
    this.#close();
    yield* this.#parts;
  }

  #close(): void {
    if (this.#openBytes > 0) this.#parts.push(joinedBytes(this.#open));
    this.#open = [];
    this.#openBytes = 0;
  }
}
