import { AppError } from "../../core/mod.ts";
import { type AccountNames, accountNames, type FileFacts, type Folder, ITSELF } from "../../platform/mod.ts";
import { FILE_LIMITS, type FileEntry, type FileList, type FileStat } from "../../protocol/mod.ts";
import type { Access, Reached } from "./access.ts";
import { etagOf } from "./content.ts";
import { FirstNames } from "./first_names.ts";
import { shown } from "./roots.ts";

/** Looking at a file is a way to another thread and back; several at once take hardly longer than one. */
const AT_ONCE = 16;
const MAX_SHOWN_TARGET = 4_096;

export interface ListRequest {
  readonly path: string;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function listFolder(
  access: Access,
  { path, after, limit }: ListRequest,
  signal: AbortSignal,
): Promise<FileList> {
  const from = after === undefined ? null : nameOfCursor(after);
  using reached = await access.reach(path, { follow: true });
  using folder = await reached.folder.enter(reached.name);
  const first = new FirstNames(from, Math.min(limit, FILE_LIMITS.maxListed));
  for await (const part of folder.entries(signal)) for (const entry of part) first.add(entry);
  const describe = new Describer(access, reached, folder, await accountNames());
  const entries: FileEntry[] = [];
  for (let at = 0; at < first.entries.length; at += AT_ONCE) {
    signal.throwIfAborted();
    const some = first.entries.slice(at, at + AT_ONCE).map(({ name }) => describe.entry(name));
    // What is gone by now is left out.
    entries.push(...(await Promise.all(some)).filter((entry) => entry !== null));
  }
  const last = first.entries.at(-1);
  const next = first.hasMore && last !== undefined ? { next: JSON.stringify(last.name) } : {};
  return { path, isWritable: reached.isWritable, entries, ...next };
}

/** Of the thing itself, or of what a link leads to. */
export async function statOf(access: Access, path: string, follow: boolean): Promise<FileStat> {
  using reached = await access.reach(path, { follow });
  const describe = new Describer(access, reached, reached.folder, await accountNames());
  const entry = await describe.entry(reached.name);
  if (entry === null || reached.facts === null) {
    throw new AppError("not_found", `Cannot look at ${shown(path)}: there is no such file or folder`);
  }
  const name = reached.name === ITSELF ? path : entry.name;
  const etag = reached.facts.kind === "file" ? { etag: etagOf(reached.facts) } : {};
  return { ...entry, name, path, isWritable: reached.isWritable, ...etag };
}

class Describer {
  readonly #access: Access;
  readonly #reached: Reached;
  readonly #folder: Folder;
  readonly #names: AccountNames;

  constructor(access: Access, reached: Reached, folder: Folder, names: AccountNames) {
    this.#access = access;
    this.#reached = reached;
    this.#folder = folder;
    this.#names = names;
  }

  async entry(name: string): Promise<FileEntry | null> {
    const facts = await this.#folder.facts(name);
    if (facts === null) return null;
    const { kind, sizeBytes, modifiedMs, mode, uid, gid } = facts;
    return {
      name: name.toWellFormed(),
      ...(!name.isWellFormed() && { hasOddName: true }),
      kind,
      sizeBytes: Math.max(0, sizeBytes),
      modifiedMs: Math.max(0, modifiedMs),
      ...(mode !== null && { mode: modeText(mode) }),
      ...(uid !== null && { user: this.#names.user(uid) ?? String(uid) }),
      ...(gid !== null && { group: this.#names.group(gid) ?? String(gid) }),
      ...(kind === "link" && await this.#link(name)),
    };
  }

  async #link(name: string): Promise<Pick<FileEntry, "target" | "targetKind">> {
    const [target, targetKind] = await Promise.all([this.#targetOf(name), this.#kindOfTarget(name)]);
    return { ...(target !== null && { target }), ...(targetKind !== null && { targetKind }) };
  }

  async #targetOf(name: string): Promise<string | null> {
    try {
      return (await this.#folder.linkTarget(name)).toWellFormed().slice(0, MAX_SHOWN_TARGET);
    } catch {
      return null; // it is no link any more, or may not be read
    }
  }

  /** Null for what it leads to in vain, or must not. */
  async #kindOfTarget(name: string): Promise<FileFacts["kind"] | null> {
    const { path } = this.#reached;
    if (!name.isWellFormed()) return null;
    try {
      // Of a listed folder the link is in it; of a path that was asked for by itself it is the path.
      const of = this.#folder === this.#reached.folder ? path : this.#access.join(path, name);
      using target = await this.#access.reach(of, { follow: true });
      return target.facts?.kind ?? null;
    } catch {
      return null;
    }
  }
}

export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function nameOfCursor(cursor: string): string {
  try {
    const name: unknown = JSON.parse(cursor);
    if (typeof name === "string") return name;
  } catch {
    // It is none of ours, as what is no text is.
  }
  throw new AppError("invalid_input", "after must be `next` of an answer to the same path");
}
