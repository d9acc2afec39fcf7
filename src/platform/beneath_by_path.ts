/** Files below a root for systems where folders are held by their paths: each path is resolved, then held while it is used. */
import { basename, dirname, join } from "node:path";
import { AppError, oneLine } from "../core/mod.ts";
import {
  type Beneath,
  type FileFacts,
  type FileKind,
  type FindOptions,
  type Folder,
  type FolderEntry,
  identityOf,
  ITSELF,
  type Place,
  type RenameOptions,
  type Rights,
} from "./beneath_contract.ts";
import { failure, fileFailure, replaced, saysMissing } from "./beneath_errors.ts";
import { leadsOut } from "./beneath_paths.ts";

/** A file or folder whose path stays as it is while it is held, as far as the system can promise that. */
export interface Pinned extends Disposable {
  /** With all links resolved. */
  readonly path: string;
}

export interface ByPath extends Pick<Beneath, "everything" | "partsOf" | "pathOf" | "ignoresCase"> {
  /** Holds what a path leads to; throws as the runtime does for what is not there. */
  pin(path: string): Promise<Pinned>;
  /** Names that the system takes for something else than a file in this folder. */
  isOdd(name: string): boolean;
  readonly hasModes: boolean;
}

const ENTRIES_AT_ONCE = 1_000;
const MAX_SHOWN = 500;
const PRIVATE_FILE = 0o600;

export function beneathByPath(system: ByPath): Beneath {
  const { everything, partsOf, pathOf, ignoresCase } = system;
  return { everything, partsOf, pathOf, ignoresCase, find: (...given) => find(system, ...given) };
}

async function find(
  system: ByPath,
  root: string,
  parts: readonly string[],
  { follow }: FindOptions,
): Promise<Place> {
  using top = await pin(system, root);
  const name = parts.at(-1);
  if (name === undefined) return place(await PathFolder.at(system, top.path), ITSELF);
  if (parts.some(system.isOdd)) throw oddName(parts.find(system.isOdd) ?? "");
  const folder = await PathFolder.at(system, join(top.path, ...parts.slice(0, -1)));
  try {
    if (!isBelow(system, folder.at, top.path)) throw leadsOut(join(root, ...parts.slice(0, -1)), root);
    if (!follow || (await folder.facts(name))?.kind !== "link") return place(folder, name);
    using target = await pin(system, join(folder.at, name));
    if (!isBelow(system, target.path, top.path)) throw leadsOut(join(root, ...parts), root);
    folder[Symbol.dispose]();
    if (samePath(system, target.path, top.path)) return place(await PathFolder.at(system, top.path), ITSELF);
    return place(await PathFolder.at(system, dirname(target.path)), basename(target.path));
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}

function place(folder: PathFolder, name: string): Place {
  return { folder, name, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

async function pin(system: ByPath, path: string): Promise<Pinned> {
  try {
    return await system.pin(path);
  } catch (error) {
    throw fileFailure(`open ${shownPath(path)}`, error);
  }
}

function spelled({ ignoresCase }: ByPath, path: string): string {
  return ignoresCase ? path.toLowerCase() : path;
}

function samePath(system: ByPath, a: string, b: string): boolean {
  return spelled(system, a) === spelled(system, b);
}

function isBelow(system: ByPath, path: string, root: string): boolean {
  const start = spelled(system, root).replace(/[/\\]+$/, "");
  const rest = spelled(system, path);
  return rest.startsWith(start) && (rest.length === start.length || /[/\\]/.test(rest.charAt(start.length)));
}

function shownPath(path: string): string {
  return oneLine(path.replace(/^\\\\\?\\/, "").toWellFormed(), MAX_SHOWN);
}

function oddName(name: string): AppError {
  return new AppError("invalid_input", `${shownPath(name)} is no name of a file on this system`);
}

class PathFolder implements Folder {
  readonly #system: ByPath;
  readonly #held: Pinned;
  #isDone = false;

  private constructor(system: ByPath, held: Pinned) {
    this.#system = system;
    this.#held = held;
  }

  static async at(system: ByPath, path: string): Promise<PathFolder> {
    return new PathFolder(system, await pin(system, path));
  }

  get at(): string {
    if (this.#isDone) throw new TypeError("A folder was used after it was closed");
    return this.#held.path;
  }

  [Symbol.dispose](): void {
    if (!this.#isDone) this.#held[Symbol.dispose]();
    this.#isDone = true;
  }

  path(): Promise<string> {
    return Promise.resolve(this.at.replace(/^\\\\\?\\(?!UNC\\)/, ""));
  }

  async facts(name: string): Promise<FileFacts | null> {
    try {
      return factsOf(await Deno.lstat(this.#of(name)), this.#system);
    } catch (error) {
      if (saysMissing(error)) return null;
      throw fileFailure(`look at ${this.#shown(name)}`, error);
    }
  }

  async *entries(signal: AbortSignal): AsyncGenerator<readonly FolderEntry[], void> {
    let part: FolderEntry[] = [];
    try {
      for await (const entry of Deno.readDir(this.at)) {
        signal.throwIfAborted();
        part.push({ name: entry.name, kind: kindOf(entry) });
        if (part.length < ENTRIES_AT_ONCE) continue;
        yield part;
        part = [];
      }
    } catch (error) {
      signal.throwIfAborted();
      throw fileFailure(`read ${this.#shown(ITSELF)}`, error);
    }
    yield part;
  }

  linkTarget(name: string): Promise<string> {
    return this.#try("read", name, (path) => Deno.readLink(path));
  }

  async enter(
    name: string,
    { sameMount }: { readonly sameMount: boolean } = { sameMount: false },
  ): Promise<PathFolder> {
    if (name === ITSELF) return await PathFolder.at(this.#system, this.at);
    const folder = await PathFolder.at(this.#system, this.#of(name));
    const facts = await folder.facts(ITSELF);
    const isElsewhere = sameMount && facts?.device !== (await this.facts(ITSELF))?.device;
    if (this.#holds(folder.at) && facts?.kind === "directory" && !isElsewhere) return folder;
    folder[Symbol.dispose]();
    throw failure(`open ${this.#shown(name)}`, isElsewhere ? "EBUSY" : "ENOTDIR");
  }

  isOfKernel(): Promise<boolean> {
    return Promise.resolve(false);
  }

  read(name: string): Promise<Deno.FsFile> {
    return this.#open("read", name, { read: true });
  }

  write(name: string): Promise<Deno.FsFile> {
    return this.#open("write", name, { read: true, write: true });
  }

  async create(name: string): Promise<Deno.FsFile> {
    const mode = this.#system.hasModes ? { mode: PRIVATE_FILE } : {};
    const options = { read: true, write: true, createNew: true, ...mode };
    const file = await this.#try("create", name, (path) => Deno.open(path, options));
    try {
      // A link that leads to nothing is no file that is there, and some systems make what it leads to.
      using made = await pin(this.#system, this.#of(name));
      if (this.#holds(made.path)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    throw leadsOut(join(this.at, name), this.at);
  }

  makeFolder(name: string): Promise<void> {
    return this.#try("make", name, (path) => Deno.mkdir(path));
  }

  async remove(name: string): Promise<void> {
    await this.#unless("directory", "EISDIR", name);
    await this.#try("remove", name, (path) => Deno.remove(path));
  }

  async removeFolder(name: string): Promise<void> {
    const kind = (await this.facts(name))?.kind ?? "directory";
    if (kind !== "directory") throw failure(`remove ${this.#shown(name)}`, "ENOTDIR");
    await this.#try("remove", name, (path) => Deno.remove(path));
  }

  /** Looks before it renames where nothing is to be replaced: these systems offer nothing better by way of the runtime. */
  async rename(name: string, to: Folder, newName: string, { replace }: RenameOptions): Promise<void> {
    if (!(to instanceof PathFolder)) throw new TypeError("A file is renamed within folders of one kind");
    const target = to.#of(newName);
    const isSame = samePath(this.#system, target, this.#of(name));
    if (!replace && !isSame && await to.facts(newName) !== null) {
      throw failure(`rename ${this.#shown(name)} to ${to.#shown(newName)}`, "EEXIST");
    }
    await this.#try("rename", name, (path) => Deno.rename(path, target));
  }

  async setRights(name: string, { mode, owner, identity }: Rights): Promise<void> {
    if (!this.#system.hasModes) {
      if (mode === undefined) return;
      throw new AppError(
        "unsupported",
        `Cannot change the mode of ${this.#shown(name)}: files have none on this system`,
      );
    }
    await this.#unless("link", "ELOOP", name);
    if (identity !== undefined && (await this.facts(name))?.identity !== identity) throw replaced(this.#shown(name));
    const action = "change the rights of";
    if (owner !== undefined) await this.#try(action, name, (path) => Deno.chown(path, owner.uid, owner.gid));
    if (mode !== undefined) await this.#try(action, name, (path) => Deno.chmod(path, mode));
  }

  /** These systems are not asked for that: the runtime opens no folders. */
  sync(): Promise<void> {
    return Promise.resolve();
  }

  async #unless(kind: FileKind, reason: string, name: string): Promise<void> {
    if ((await this.facts(name))?.kind === kind) throw failure(`change ${this.#shown(name)}`, reason);
  }

  async #open(action: string, name: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
    using held = await pin(this.#system, this.#of(name));
    if (!this.#holds(held.path)) throw failure(`${action} ${this.#shown(name)}`, "ELOOP");
    const kind = (await this.facts(basename(held.path)))?.kind;
    if (kind === "directory") throw failure(`${action} ${this.#shown(name)}`, "EISDIR");
    if (kind !== "file") {
      throw new AppError("unsupported", `Cannot ${action} ${this.#shown(name)}: it is no regular file`);
    }
    return await this.#try(action, basename(held.path), (path) => Deno.open(path, options));
  }

  /** Whether a resolved path is that of something in this very folder. */
  #holds(path: string): boolean {
    return samePath(this.#system, join(dirname(path), ITSELF), join(this.at, ITSELF));
  }

  async #try<T>(action: string, name: string, act: (path: string) => Promise<T>): Promise<T> {
    try {
      return await act(this.#of(name));
    } catch (error) {
      throw fileFailure(`${action} ${this.#shown(name)}`, error);
    }
  }

  #of(name: string): string {
    if (name === ITSELF) return this.at;
    if (this.#system.isOdd(name)) throw oddName(name);
    return join(this.at, name);
  }

  #shown(name: string): string {
    return shownPath(name === ITSELF ? this.at : join(this.at, name));
  }
}

function kindOf(info: { isFile: boolean; isDirectory: boolean; isSymlink: boolean }): FileKind {
  if (info.isSymlink) return "link";
  if (info.isDirectory) return "directory";
  return info.isFile ? "file" : "other";
}

function factsOf(info: Deno.FileInfo, { hasModes }: ByPath): FileFacts {
  const modifiedMs = info.mtime?.getTime() ?? 0;
  return {
    kind: kindOf(info),
    sizeBytes: info.size,
    modifiedMs,
    version: String(modifiedMs),
    mode: hasModes && info.mode !== null ? info.mode & 0o7777 : null,
    uid: hasModes ? info.uid : null,
    gid: hasModes ? info.gid : null,
    links: info.nlink ?? 1,
    device: String(info.dev),
    identity: identityOf(info),
  };
}
