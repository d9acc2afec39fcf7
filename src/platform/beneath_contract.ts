/**
 * Files below a root folder, reached so that nothing leads out of it: not a link, and not somebody who puts a link in the
 * place of a folder while it is looked at. `find` resolves a path once, to a folder that is held open and a name in it; all
 * that is done then is done there by that one name, and never through a link.
 */

export type FileKind = "file" | "directory" | "link" | "other";

/** What is known of a file; of a link it is the link's own. */
export interface FileFacts {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Another text whenever the content was changed, as finely as the system tells. */
  readonly version: string;
  /** The twelve bits of rights; null where the system has none. */
  readonly mode: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
  /** How many names it has. */
  readonly links: number;
  /** Of the file system that it is in; "" where that is not known. */
  readonly device: string;
  /** Tells it from every other file that is there now; "" where that is not known. */
  readonly identity: string;
}

export interface FolderEntry {
  /** Not well-formed where the system's name is no UTF-8 (or UTF-16); it still means that file. */
  readonly name: string;
  /** Null where only `facts` would tell. */
  readonly kind: FileKind | null;
}

export interface RenameOptions {
  /** Whether what already has the new name is replaced. */
  readonly replace: boolean;
}

export interface Rights {
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Nothing is changed unless it is still this very file. */
  readonly identity?: string;
}

/** The identity of a file by what the runtime tells of it; "" where that is nothing. */
export function identityOf({ dev, ino }: Pick<Deno.FileInfo, "dev" | "ino">): string {
  return ino === null || ino === 0 ? "" : `${dev}:${ino}`;
}

/** Means the folder itself where a name is taken. */
export const ITSELF = ".";

/**
 * A folder that is held open, whatever becomes of its path. Names are single ones; every method works on what has that
 * name in this very folder and never follows a link. Failures are AppErrors that say what could not be done and why.
 */
export interface Folder extends Disposable {
  /** The path with all links resolved, as it is now. */
  path(): Promise<string>;
  /** Null when nothing has this name. */
  facts(name: string): Promise<FileFacts | null>;
  /** In the order of the file system, a part at a time. */
  entries(signal: AbortSignal): AsyncGenerator<readonly FolderEntry[], void>;
  linkTarget(name: string): Promise<string>;
  /**
   * A folder in this one, or another handle on itself. With `sameMount` one that another file system is mounted on, or a part of
   * this one for a second time, is a `conflict`, as far as the system tells.
   */
  enter(name: string, options?: { readonly sameMount: boolean }): Promise<Folder>;
  /** Whether what is read here is made up by the kernel as it is asked for: /proc, /sys and their like. */
  isOfKernel(): Promise<boolean>;
  /** Opens a regular file for reading; never waits for the other end of a pipe, and never wakes a device. */
  read(name: string): Promise<Deno.FsFile>;
  /** Opens a regular file, for reading and writing. */
  write(name: string): Promise<Deno.FsFile>;
  /** Makes a file, which nobody else may read, and opens it for reading and writing; fails if the name is taken. */
  create(name: string): Promise<Deno.FsFile>;
  makeFolder(name: string): Promise<void>;
  /** Removes a file or link. */
  remove(name: string): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(name: string): Promise<void>;
  /** Gives it another name, in this folder or another one of the same file system. */
  rename(name: string, to: Folder, newName: string, options: RenameOptions): Promise<void>;
  /** Not of links. A mode is `unsupported` where there are none; an owner is passed over there. */
  setRights(name: string, rights: Rights): Promise<void>;
  /** What was renamed or removed in here survives a power cut from then on, where the system can do that. */
  sync(): Promise<void>;
}

/** Where something is, or could be made. To be disposed of, which closes its folder. */
export interface Place extends Disposable {
  readonly folder: Folder;
  /** `ITSELF` where it is the root folder, or where a link led to a folder by its dots. */
  readonly name: string;
}

export interface FindOptions {
  /** Whether a link at the end of the path is followed; those on the way always are. */
  readonly follow: boolean;
}

export interface Beneath {
  /**
   * Resolves a path below a root. Links are followed as far as they stay below it; one that leads out is `forbidden`. The last
   * part need not be there. Parts are names, and neither empty nor dots.
   */
  find(root: string, parts: readonly string[], options: FindOptions): Promise<Place>;
  /** The folders that hold all files of the host: `/`, or the drives. */
  everything(): Promise<readonly string[]>;
  /** The parts of an absolute path; null for one that is none, or has parts that mean something else than a name. */
  partsOf(path: string): readonly string[] | null;
  /** Parts as a path again. */
  pathOf(parts: readonly string[]): string;
  /** Whether paths that differ in the case of their letters mean the same. */
  readonly ignoresCase: boolean;
}
