import { basename } from "node:path";
import { AppError, messageOf } from "../../core/mod.ts";
import type { Folder } from "../../platform/mod.ts";
import type { Access, Reached } from "./access.ts";
import { refuseKernelFiles } from "./access.ts";
import { attachment } from "./content.ts";
import type { Guard } from "./guard.ts";
import type { FilesCaller } from "./ports.ts";
import { readFile } from "./read_file.ts";
import { shown } from "./roots.ts";
import { streamOf } from "./stream_of.ts";
import type { Transfers } from "./transfers.ts";
import { type TreeItem, treeOf } from "./tree.ts";
import type { ZipItem } from "./zip/zip_stream.ts";
import { zipStream } from "./zip/zip_stream.ts";

/** Is in the archive, at its end, when something is not. */
const LEFT_OUT_NAME = "LEFT-OUT.txt";
const MAX_LEFT_OUT = 1_000;

/** A folder with all that is in it as a ZIP archive, made while it is read. */
export async function archiveOf(
  { access, transfers }: { readonly access: Access; readonly transfers: Transfers },
  path: string,
  withBody: boolean,
  { signal, isManager }: FilesCaller,
): Promise<Response> {
  using reached = await access.reach(path, { follow: true });
  await refuseKernelFiles(reached);
  const top = await reached.folder.enter(reached.name);
  const name = basename(reached.realPath.replaceAll("\\", "/")).replace(":", "") || "host";
  const headers = { "content-type": "application/zip", "content-disposition": attachment(`${name}.zip`) };
  if (!withBody) {
    top[Symbol.dispose]();
    return new Response(null, { headers });
  }
  try {
    const transfer = transfers.begin({ isManagers: isManager });
    const either = AbortSignal.any([signal, transfer.signal]);
    const items = new ArchivedFolder(top, name, reached, await access.guard(), either).items();
    return new Response(streamOf(zipStream(items), transfer, either, () => top[Symbol.dispose]()), { headers });
  } catch (error) {
    top[Symbol.dispose]();
    throw error;
  }
}

/** What of a folder goes into an archive; what does not is told at its end, with the reason. */
class ArchivedFolder {
  readonly #top: Folder;
  readonly #name: string;
  readonly #reached: Reached;
  readonly #guard: Guard;
  readonly #signal: AbortSignal;
  readonly #leftOut: string[] = [];
  #leftOutCount = 0;

  constructor(top: Folder, name: string, reached: Reached, guard: Guard, signal: AbortSignal) {
    this.#top = top;
    this.#name = name.toWellFormed();
    this.#reached = reached;
    this.#guard = guard;
    this.#signal = signal;
  }

  async *items(): AsyncGenerator<ZipItem, void> {
    const refused = new Set<string>();
    const enters = async (item: TreeItem) => {
      const reason = await this.#whyNotEntered(item);
      if (reason !== null) refused.add(item.path);
      if (reason !== null) this.#leave(item.path, reason);
      return reason === null;
    };
    for await (const item of treeOf(this.#top, { signal: this.#signal, enters })) {
      if (refused.delete(item.path)) continue;
      yield* this.#archived(item);
    }
    if (this.#leftOutCount > 0) yield this.#note();
  }

  async *#archived(item: TreeItem): AsyncGenerator<ZipItem, void> {
    const { facts: { kind, modifiedMs, mode }, folder, name, path } = item;
    const common = { name: this.#inArchive(path), modifiedMs, mode };
    if (!path.isWellFormed()) return this.#leave(path, "its name is no text");
    if (this.#isOwn(item) || await this.#guard.holdsByOtherName(item.facts)) {
      return this.#leave(path, "it belongs to the agent itself");
    }
    if (kind === "directory") return yield { ...common, sizeBytes: null, content: nothing };
    if (kind === "link") return this.#leave(path, `a link to ${await targetOf(item)}`);
    if (kind === "other") return this.#leave(path, "it is no regular file");
    let file: Deno.FsFile;
    try {
      file = await folder.read(name);
    } catch (error) {
      return this.#leave(path, messageOf(error));
    }
    using _closing = file;
    const { size } = await file.stat();
    yield { ...common, sizeBytes: size, content: () => this.#content(file, size, path) };
  }

  /** What cannot be read to its end is in the archive as far as it could, and told of. */
  async *#content(file: Deno.FsFile, size: number, path: string): AsyncGenerator<Uint8Array, void> {
    try {
      yield* readFile(file, { from: 0, to: size, keeps: false, signal: this.#signal, shown: shown(path) });
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#leave(path, `all but its beginning, since ${messageOf(error)}`);
    }
  }

  #isOwn({ path, facts }: TreeItem): boolean {
    return this.#guard.holds(`${this.#reached.realPath.replace(/[\\/]+$/, "")}/${path}`, facts);
  }

  /** Other file systems that are mounted in there are entered, but for those of the kernel. */
  async #whyNotEntered(item: TreeItem): Promise<string | null> {
    const { folder, name, facts } = item;
    if (this.#isOwn(item)) return "it belongs to the agent itself";
    if (facts.device === this.#reached.facts?.device) return null;
    try {
      using inner = await folder.enter(name);
      return await inner.isOfKernel() ? "it is made up by the kernel" : null;
    } catch (error) {
      return messageOf(error);
    }
  }

  #leave(path: string, reason: string): void {
    this.#leftOutCount++;
    if (this.#leftOut.length < MAX_LEFT_OUT) this.#leftOut.push(`${shown(path)}: ${reason}`);
  }

  #note(): ZipItem {
    const more = this.#leftOutCount - this.#leftOut.length;
    const lines = [...this.#leftOut, ...(more > 0 ? [`and ${more} more`] : [])];
    const bytes = new TextEncoder().encode(`Left out of this archive:\n${lines.join("\n")}\n`);
    const content = async function* () {
      yield await Promise.resolve(bytes);
    };
    const name = this.#inArchive(LEFT_OUT_NAME);
    return { name, modifiedMs: this.#reached.facts?.modifiedMs ?? 0, mode: null, sizeBytes: bytes.length, content };
  }

  #inArchive(path: string): string {
    return `${this.#name}/${path}`;
  }
}

async function targetOf({ folder, name }: TreeItem): Promise<string> {
  try {
    return shown(await folder.linkTarget(name));
  } catch (error) {
    return error instanceof AppError ? "what cannot be read" : messageOf(error);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}
