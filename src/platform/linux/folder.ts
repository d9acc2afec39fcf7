import { AppError, oneLine } from "../../core/mod.ts";
import {
  type FileFacts,
  type Folder,
  type FolderEntry,
  ITSELF,
  type RenameOptions,
  type Rights,
} from "../beneath_contract.ts";
import { failure, fileFailure, linuxFailure, replaced } from "../beneath_errors.ts";
import { FOLDER_ERRNO, type FolderCalls } from "./folder_calls.ts";
import { parseEntries, parseStat, STAT_BYTES } from "./folder_structs.ts";
import { HeldDescriptor } from "./held_descriptor.ts";
import { KERNEL_FILE_SYSTEMS } from "./kernel_file_systems.ts";
import { nameOf } from "./raw_names.ts";

const ENTRIES_BYTES = 64 * 1024;
const PRIVATE_FILE = 0o600;
const NEW_FOLDER = 0o777; // less the umask of the agent
const MAX_SHOWN = 500;
/** Of renameat2: the kernel, the file system or a filter does not know it. */
const NOT_IN_ONE_STEP: readonly number[] = [FOLDER_ERRNO.EINVAL, FOLDER_ERRNO.ENOSYS];
/** An older kernel, or a filter of a container. */
const NO_OPENAT2: readonly number[] = [FOLDER_ERRNO.ENOSYS, FOLDER_ERRNO.EPERM];
const NO_LINKS: readonly number[] = [FOLDER_ERRNO.EPERM, FOLDER_ERRNO.ENOTSUP, FOLDER_ERRNO.EINVAL];

/** A folder by its descriptor. */
export class LinuxFolder implements Folder {
  readonly #held: HeldDescriptor;
  readonly #shown: string;
  readonly #calls: FolderCalls;

  /** `shown` is what messages call it. The descriptor becomes its own. */
  constructor(fd: number, shown: string, calls: FolderCalls) {
    this.#held = new HeldDescriptor(fd, (closed) => calls.close(closed));
    this.#shown = shown;
    this.#calls = calls;
  }

  [Symbol.dispose](): void {
    this.#held.done();
  }

  /** The name of something in here, for messages. */
  shown(name: string): string {
    const path = name === ITSELF || name === "" ? this.#shown : `${this.#shown.replace(/\/+$/, "")}/${name}`;
    return oneLine(path.toWellFormed(), MAX_SHOWN);
  }

  async path(): Promise<string> {
    try {
      return await this.#held.use((fd) => Deno.readLink(`/proc/self/fd/${fd}`));
    } catch (error) {
      throw fileFailure(`find out where ${this.shown(ITSELF)} is`, error);
    }
  }

  async facts(name: string): Promise<FileFacts | null> {
    const into = new Uint8Array(STAT_BYTES);
    const result = await this.#held.use((fd) => this.#calls.stat(fd, name === ITSELF ? "" : name, into));
    if (result === -FOLDER_ERRNO.ENOENT) return null;
    if (result < 0) throw this.#failure("look at", name, result);
    return parseStat(into, Deno.build.arch);
  }

  async *entries(signal: AbortSignal): AsyncGenerator<readonly FolderEntry[], void> {
    const fd = await this.#open("read", ITSELF, (own) => this.#calls.openToRead(own));
    const held = new HeldDescriptor(fd, (closed) => this.#calls.close(closed));
    try {
      const into = new Uint8Array(ENTRIES_BYTES);
      for (;;) {
        signal.throwIfAborted();
        const length = await held.use((open) => this.#calls.entries(open, into));
        if (length < 0) throw this.#failure("read", ITSELF, length);
        if (length === 0) return;
        yield parseEntries(into, length);
      }
    } finally {
      held.done();
    }
  }

  async linkTarget(name: string): Promise<string> {
    const target = await this.rawLinkTarget(name);
    if (target === null) throw new AppError("conflict", `Cannot read ${this.shown(name)}: it is no link any more`);
    return nameOf(target);
  }

  /** Null for what is no link. */
  async rawLinkTarget(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const target = await this.#held.use((fd) => this.#calls.readLink(fd, name));
    if (typeof target !== "number") return target;
    if (target === -FOLDER_ERRNO.EINVAL) return null;
    throw this.#failure("read", name, target);
  }

  async enter(
    name: string,
    { sameMount }: { readonly sameMount: boolean } = { sameMount: false },
  ): Promise<LinuxFolder> {
    if (!sameMount) {
      const fd = await this.#open("open", name, (own) => this.#calls.openFolder(own, name));
      return new LinuxFolder(fd, this.shown(name), this.#calls);
    }
    const here = await this.#held.use((own) => this.#calls.openFolderHere(own, name));
    if (here >= 0) return new LinuxFolder(here, this.shown(name), this.#calls);
    if (here === -FOLDER_ERRNO.EXDEV) throw failure(`open ${this.shown(name)}`, "EBUSY");
    if (!NO_OPENAT2.includes(-here)) throw this.#failure("open", name, here);
    return await this.#enterByDevice(name);
  }

  /** Without the kernel's help: what is mounted there from the same file system is not told from a folder. */
  async #enterByDevice(name: string): Promise<LinuxFolder> {
    const folder = await this.enter(name);
    const [inner, outer] = await Promise.all([folder.facts(ITSELF), this.facts(ITSELF)]);
    if (inner?.device === outer?.device) return folder;
    folder[Symbol.dispose]();
    throw failure(`open ${this.shown(name)}`, "EBUSY");
  }

  /** A folder below, whose links the kernel follows as far as they stay below; or its negative error number. */
  async below(parts: readonly string[]): Promise<LinuxFolder | number> {
    const path = parts.join("/");
    const fd = await this.#held.use((own) => this.#calls.openBeneath(own, path));
    return fd < 0 ? fd : new LinuxFolder(fd, this.shown(path), this.#calls);
  }

  async isOfKernel(): Promise<boolean> {
    const type = await this.#held.use((fd) => this.#calls.fileSystemType(fd));
    if (type < 0) throw this.#failure("look at", ITSELF, type);
    return KERNEL_FILE_SYSTEMS.has(type);
  }

  read(name: string): Promise<Deno.FsFile> {
    return this.#reopen("read", name, { read: true });
  }

  write(name: string): Promise<Deno.FsFile> {
    return this.#reopen("write", name, { read: true, write: true });
  }

  async create(name: string): Promise<Deno.FsFile> {
    const fd = await this.#open("create", name, (own) => this.#calls.createFile(own, name, PRIVATE_FILE));
    return await this.#handOver("create", name, fd, { read: true, write: true });
  }

  async makeFolder(name: string): Promise<void> {
    this.#check("make", name, await this.#held.use((fd) => this.#calls.makeFolder(fd, name, NEW_FOLDER)));
  }

  async remove(name: string): Promise<void> {
    this.#check("remove", name, await this.#held.use((fd) => this.#calls.unlink(fd, name)));
  }

  async removeFolder(name: string): Promise<void> {
    this.#check("remove", name, await this.#held.use((fd) => this.#calls.removeFolder(fd, name)));
  }

  async rename(name: string, to: Folder, newName: string, { replace }: RenameOptions): Promise<void> {
    if (!(to instanceof LinuxFolder)) throw new TypeError("A file is renamed within folders of one kind");
    const result = await this.#held.use((fd) =>
      to.#held.use((toFd) =>
        replace ? this.#calls.rename(fd, name, toFd, newName) : this.#renameNew(fd, name, toFd, newName)
      )
    );
    if (result === -FOLDER_ERRNO.EEXIST) throw failure(`rename ${this.shown(name)} to ${to.shown(newName)}`, "EEXIST");
    this.#check("rename", name, result);
  }

  /** The owner first: to change that takes the bits away which make a program run as its owner. */
  async setRights(name: string, { mode, owner, identity }: Rights): Promise<void> {
    const action = "change the rights of";
    await this.#withPlace(action, name, async (fd, facts) => {
      if (identity !== undefined && identity !== facts.identity) throw replaced(this.shown(name));
      if (owner !== undefined) this.#check(action, name, await this.#calls.chown(fd, owner.uid, owner.gid));
      if (mode !== undefined) this.#check(action, name, await this.#calls.chmod(`/proc/self/fd/${fd}`, mode));
    });
  }

  async sync(): Promise<void> {
    const fd = await this.#open("read", ITSELF, (own) => this.#calls.openToRead(own));
    const result = await this.#calls.fsync(fd);
    this.#calls.close(fd);
    // Some file systems know no such thing of folders; then there is nothing to wait for.
    if (result !== -FOLDER_ERRNO.EINVAL) this.#check("write", ITSELF, result);
  }

  /** Where the system cannot refuse to replace in one step, a second name is given first, which fails if it is taken. */
  async #renameNew(fd: number, name: string, toFd: number, newName: string): Promise<number> {
    const renamed = await this.#calls.renameNew(fd, name, toFd, newName);
    if (!NOT_IN_ONE_STEP.includes(-renamed)) return renamed;
    const linked = await this.#calls.link(fd, name, toFd, newName);
    if (linked >= 0) return await this.#calls.unlink(fd, name);
    if (!NO_LINKS.includes(-linked)) return linked;
    // A folder, or a file system without links such as FAT: all that is left is to look, and then to rename.
    const taken = await this.#calls.stat(toFd, newName, new Uint8Array(STAT_BYTES));
    if (taken !== -FOLDER_ERRNO.ENOENT) return taken < 0 ? taken : -FOLDER_ERRNO.EEXIST;
    return await this.#calls.rename(fd, name, toFd, newName);
  }

  /** The descriptor means the very file; what it is was seen before it is opened, so no device and no pipe ever is. */
  #reopen(action: string, name: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
    return this.#withPlace(action, name, async (fd, { kind }) => {
      if (kind === "directory") throw failure(`${action} ${this.shown(name)}`, "EISDIR");
      if (kind !== "file") {
        throw new AppError("unsupported", `Cannot ${action} ${this.shown(name)}: it is no regular file`);
      }
      return await this.#openAgain(action, name, fd, options);
    });
  }

  async #withPlace<T>(action: string, name: string, act: (fd: number, facts: FileFacts) => Promise<T>): Promise<T> {
    const fd = await this.#open(action, name, (own) => this.#calls.openPlace(own, name));
    try {
      const into = new Uint8Array(STAT_BYTES);
      this.#check(action, name, await this.#calls.stat(fd, "", into));
      const facts = parseStat(into, Deno.build.arch);
      if (facts.kind === "link") throw failure(`${action} ${this.shown(name)}`, "ELOOP");
      return await act(fd, facts);
    } finally {
      this.#calls.close(fd);
    }
  }

  async #handOver(action: string, name: string, fd: number, options: Deno.OpenOptions): Promise<Deno.FsFile> {
    try {
      return await this.#openAgain(action, name, fd, options);
    } finally {
      this.#calls.close(fd);
    }
  }

  /** As a file of the runtime, which reads and writes beside the program and closes what is forgotten. */
  async #openAgain(action: string, name: string, fd: number, options: Deno.OpenOptions): Promise<Deno.FsFile> {
    try {
      return await Deno.open(`/proc/self/fd/${fd}`, options);
    } catch (error) {
      throw fileFailure(`${action} ${this.shown(name)}`, error);
    }
  }

  async #open(action: string, name: string, open: (own: number) => Promise<number>): Promise<number> {
    const fd = await this.#held.use(open);
    if (fd < 0) throw this.#failure(action, name, fd);
    return fd;
  }

  #check(action: string, name: string, result: number): void {
    if (result < 0) throw this.#failure(action, name, result);
  }

  #failure(action: string, name: string, result: number): AppError {
    return linuxFailure(`${action} ${this.shown(name)}`, result);
  }
}
