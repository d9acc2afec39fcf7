import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { AppError, cutToBytes } from "../../core/mod.ts";
import { currentOs, fileFailure } from "../../platform/mod.ts";
import type { NamedThing, Side, Sink, SinkOptions, Source, Thing } from "./contract.ts";
import { isPlainName } from "./location.ts";

const CHUNK_BYTES = 256 * 1024;
const MODE_BITS = 0o777;
const MAX_NAME_BYTES = 255;

/** This machine, with the rights of who runs the command. */
export class LocalSide implements Side {
  shown(path: string): string {
    return path;
  }

  async look(path: string): Promise<Thing | null> {
    try {
      return thingOf(await Deno.stat(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw fileFailure(`look at ${path}`, error);
    }
  }

  async *list(path: string, signal: AbortSignal): AsyncGenerator<NamedThing, void> {
    const entries = await tried(`read ${path}`, () => Array.fromAsync(Deno.readDir(path)));
    for (const { name } of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
      signal.throwIfAborted();
      yield { name, ...thingOf(await tried(`look at ${path}`, () => Deno.lstat(join(path, name)))) };
    }
  }

  async makeFolder(path: string): Promise<void> {
    await tried(`make ${path}`, () => Deno.mkdir(path, { recursive: true }));
  }

  join(folder: string, name: string): string | null {
    return isPlainName(name, { isWindows: currentOs() === "windows" }) ? join(folder, name) : null;
  }

  source(path: string, { sizeBytes, mode }: Thing): Source {
    return {
      sizeBytes,
      ...(mode !== undefined && { mode }),
      open: (offset) => readFrom(path, offset, sizeBytes),
      digest: () => Promise.resolve(null),
    };
  }

  async sink(path: string, { source, force }: SinkOptions): Promise<Sink> {
    const existing = await this.look(path);
    refuseTarget(path, existing, force);
    const { part, file, sizeBytes } = await openPart(path, source);
    const received = Math.min(sizeBytes, source.sizeBytes ?? 0);
    return new GrowingFile({ path, part, file, received, force, mode: source.mode });
  }
}

function thingOf({ isFile, isDirectory, isSymlink, size, mode }: Deno.FileInfo): Thing {
  const kind = isSymlink ? "link" : isDirectory ? "directory" : isFile ? "file" : "other";
  const bits = currentOs() === "windows" || mode === null ? null : mode & MODE_BITS;
  return { kind, sizeBytes: size, ...(bits !== null && { mode: bits.toString(8).padStart(4, "0") }) };
}

function refuseTarget(path: string, existing: Thing | null, force: boolean): void {
  if (existing === null || (existing.kind === "file" && force)) return;
  if (existing.kind !== "file") throw new AppError("conflict", `Cannot write ${path}: it is no regular file`);
  throw new AppError("conflict", `${path} is there already; --force overwrites it`);
}

interface Part {
  readonly part: string;
  readonly file: Deno.FsFile;
  readonly sizeBytes: number;
}

/** The growing file: that of an earlier run for the same content, if it is ours, or a new one. */
async function openPart(path: string, { etag }: Source): Promise<Part> {
  const place = (of: string) => join(path, "..", partName(basename(path), of));
  if (etag !== undefined) {
    const part = place(createHash("sha256").update(etag).digest("hex"));
    const left = await openOurs(part) ?? await openNew(path, part);
    if (left !== null) return left;
  }
  const fresh = await openNew(path, place(crypto.randomUUID()));
  if (fresh !== null) return fresh;
  throw new AppError("conflict", `Cannot write ${path}: somebody else makes files of these names`);
}

/** Null when the name is taken. */
async function openNew(path: string, part: string): Promise<Part | null> {
  const options = { read: true, write: true, createNew: true, mode: 0o600 };
  try {
    return { part, file: await Deno.open(part, options), sizeBytes: 0 };
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return null;
    throw fileFailure(`write ${path}`, error);
  }
}

/** Null for what is not there, or was put there by somebody else: a link, say, in a folder where anybody may make some. */
async function openOurs(part: string): Promise<Part | null> {
  let file: Deno.FsFile | null = null;
  try {
    const named = await Deno.lstat(part);
    if (!named.isFile || (named.nlink ?? 1) > 1 || named.uid !== Deno.uid()) return null;
    file = await Deno.open(part, { read: true, write: true });
    const { dev, ino, size } = await file.stat();
    if (dev === named.dev && ino === named.ino) return { part, file, sizeBytes: size };
    file.close();
    return null;
  } catch {
    file?.close();
    return null; // then a new one is made, or fails with the reason
  }
}

/** `of` tells the content. */
function partName(name: string, of: string): string {
  const tail = `.farhand-${of.slice(0, 12)}.part`;
  return cutToBytes(name, MAX_NAME_BYTES - tail.length) + tail;
}

async function readFrom(path: string, offset: number, sizeBytes: number): Promise<ReadableStream<Uint8Array>> {
  const file = await tried(`read ${path}`, () => Deno.open(path));
  await file.seek(offset, Deno.SeekMode.Start);
  let left = sizeBytes - offset;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const room = new Uint8Array(Math.min(CHUNK_BYTES, left));
        const count = left === 0 ? 0 : await tried(`read ${path}`, () => file.read(room));
        if (count === null) {
          throw new AppError("conflict", `${path} became shorter while it was copied; copy it again`);
        }
        left -= count;
        if (count > 0) return controller.enqueue(room.subarray(0, count));
        file.close();
        controller.close();
      } catch (error) {
        file.close();
        controller.error(error);
      }
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}

interface GrowingOptions {
  readonly path: string;
  readonly part: string;
  readonly file: Deno.FsFile;
  readonly received: number;
  readonly force: boolean;
  readonly mode: string | undefined;
}

/** A file that grows beside its target, and is given its name when it has come whole. */
class GrowingFile implements Sink {
  readonly #options: GrowingOptions;
  #received: number;

  constructor(options: GrowingOptions) {
    this.#options = options;
    this.#received = options.received;
  }

  received(): Promise<number> {
    return Promise.resolve(this.#received);
  }

  async *earlier(): AsyncGenerator<Uint8Array, void> {
    const { path, file, received } = this.#options;
    await file.seek(0, Deno.SeekMode.Start);
    const room = new Uint8Array(CHUNK_BYTES);
    for (let left = received; left > 0;) {
      const count = await tried(`read ${path}`, () => file.read(room.subarray(0, left)));
      if (count === null) throw new AppError("conflict", `${path} became shorter while it was copied; copy it again`);
      yield room.subarray(0, count);
      left -= count;
    }
  }

  async write(offset: number, content: ReadableStream<Uint8Array>): Promise<void> {
    const { path, file } = this.#options;
    await file.seek(offset, Deno.SeekMode.Start);
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length;) at += await tried(`write ${path}`, () => file.write(chunk.subarray(at)));
      this.#received += chunk.length;
    }
  }

  async finish(sizeBytes: number): Promise<void> {
    const { path, part, file, force, mode } = this.#options;
    await tried(`write ${path}`, async () => {
      await file.truncate(sizeBytes);
      if (mode !== undefined && currentOs() !== "windows") await Deno.chmod(part, Number.parseInt(mode, 8) & MODE_BITS);
      await file.sync();
    });
    file.close();
    refuseTarget(path, await new LocalSide().look(path), force); // it may have come meanwhile
    await tried(`write ${path}`, () => Deno.rename(part, path));
  }

  async abandon(isHopeless: boolean): Promise<void> {
    const { part, file, path } = this.#options;
    try {
      file.close();
    } catch {
      // It was closed when it was whole, and its name was taken.
    }
    if (isHopeless || this.#received === 0) await tried(`remove what has come of ${path}`, () => Deno.remove(part));
  }
}

async function tried<T>(action: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileFailure(action, error);
  }
}
