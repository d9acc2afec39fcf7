import { oneLine } from "../core/mod.ts";
import { type Beneath, type FindOptions, ITSELF, type Place } from "./beneath_contract.ts";
import { linuxFailure } from "./beneath_errors.ts";
import { leadsOut } from "./beneath_paths.ts";
import { LinuxFolder } from "./linux/folder.ts";
import { FOLDER_ERRNO, type FolderCalls, folderCalls } from "./linux/folder_calls.ts";
import { nameOf } from "./linux/raw_names.ts";
import { posixPaths } from "./posix_paths.ts";

/** As the kernel itself has it. */
const MAX_LINKS = 40;
const MAX_SHOWN = 500;
/** Of openat2 these mean that it is not there (an older kernel, a filter of a container), or that it cannot tell by itself. */
const ASK_BY_HAND: readonly number[] = [
  FOLDER_ERRNO.ENOSYS,
  FOLDER_ERRNO.EPERM,
  FOLDER_ERRNO.EINVAL,
  FOLDER_ERRNO.EAGAIN,
  FOLDER_ERRNO.EXDEV,
  FOLDER_ERRNO.ELOOP,
];

/** The kernel resolves what it can by itself (openat2); the rest is walked, a part at a time, on descriptors. */
export function linuxBeneath(calls: FolderCalls = folderCalls): Beneath {
  return {
    ...posixPaths,
    find: async (root, parts, options) => {
      const fd = await calls.openRoot(root);
      if (fd < 0) throw linuxFailure(`open the folder ${oneLine(root, MAX_SHOWN)}`, fd);
      const top = new LinuxFolder(fd, root, calls);
      try {
        return await quickly(top, parts, options) ?? await new Walk(top, root, options).to(parts);
      } catch (error) {
        top[Symbol.dispose]();
        throw error;
      }
    },
  };
}

class LinuxPlace implements Place {
  readonly folder: LinuxFolder;
  readonly name: string;

  constructor(folder: LinuxFolder, name: string) {
    this.folder = folder;
    this.name = name;
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

/** In one step; null where that does not do. Then the root is still open. */
async function quickly(top: LinuxFolder, parts: readonly string[], { follow }: FindOptions): Promise<Place | null> {
  const name = parts.at(-1);
  if (name === undefined) return new LinuxPlace(top, ITSELF);
  if (parts.length === 1) {
    if (follow && (await top.facts(name))?.kind === "link") return null;
    return new LinuxPlace(top, name);
  }
  const folder = await top.below(parts.slice(0, -1));
  if (typeof folder === "number") {
    if (ASK_BY_HAND.includes(-folder)) return null;
    throw linuxFailure(`open ${top.shown(parts.slice(0, -1).join("/"))}`, folder);
  }
  try {
    if (!follow || (await folder.facts(name))?.kind !== "link") {
      top[Symbol.dispose]();
      return new LinuxPlace(folder, name);
    }
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
  folder[Symbol.dispose]();
  return null;
}

/**
 * A path part by part. Each folder on the way is held by a descriptor and the next part is looked up in it without following a
 * link; the target of a link is taken apart like the path itself, and its dots lead to folders that were come by. So there is
 * no moment at which a name could be made to mean something outside.
 */
class Walk {
  readonly #top: LinuxFolder;
  readonly #root: string;
  readonly #follow: boolean;
  readonly #way: LinuxFolder[] = [];
  #links = 0;

  constructor(top: LinuxFolder, root: string, { follow }: FindOptions) {
    this.#top = top;
    this.#root = root;
    this.#follow = follow;
  }

  async to(parts: readonly string[]): Promise<Place> {
    try {
      return this.#keep(await this.#go([...parts]));
    } catch (error) {
      for (const folder of this.#way) folder[Symbol.dispose]();
      throw error;
    }
  }

  /** Gives the name in the last folder of the way. */
  async #go(rest: string[]): Promise<string> {
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === "" || name === ".") continue;
      if (name === "..") this.#back();
      else if (rest.length === 0 && !this.#follow) return name;
      else if (await this.#step(name, rest) === "there") return name;
    }
    return ITSELF;
  }

  async #step(name: string, rest: string[]): Promise<"there" | "on"> {
    const isLast = rest.every((part) => part === "" || part === ".");
    const facts = await this.#here.facts(name);
    if (facts?.kind === "link") {
      await this.#turn(name, rest);
      return "on";
    }
    if (isLast) return "there";
    this.#way.push(await this.#here.enter(name));
    return "on";
  }

  async #turn(name: string, rest: string[]): Promise<void> {
    if (++this.#links > MAX_LINKS) throw linuxFailure(`open ${this.#here.shown(name)}`, -FOLDER_ERRNO.ELOOP);
    const target = await this.#here.rawLinkTarget(name);
    // A link that was replaced meanwhile by something else is met again as what it is now.
    if (target === null) return void rest.unshift(name);
    const text = nameOf(target);
    if (!text.startsWith("/")) return void rest.unshift(...text.split("/"));
    const below = await this.#belowRoot(text);
    if (below === null) throw leadsOut(this.#here.shown(name), this.#root);
    for (const folder of this.#way.splice(0)) folder[Symbol.dispose]();
    rest.unshift(...below);
  }

  /** Of an absolute target; the root may be known by the path in the config and by the one with its links resolved. */
  async #belowRoot(target: string): Promise<string[] | null> {
    for (const root of [this.#root, await this.#top.path()]) {
      const start = root === "/" ? root : `${root.replace(/\/+$/, "")}/`;
      if (`${target}/`.startsWith(start)) return target.slice(start.length).split("/");
    }
    return null;
  }

  #back(): void {
    const last = this.#way.pop();
    // The root's own parent is the root, where it is that of the whole host.
    if (last === undefined && this.#root !== "/") throw leadsOut(this.#top.shown(".."), this.#root);
    last?.[Symbol.dispose]();
  }

  get #here(): LinuxFolder {
    return this.#way.at(-1) ?? this.#top;
  }

  #keep(name: string): Place {
    const folder = this.#way.pop() ?? this.#top;
    for (const other of this.#way) other[Symbol.dispose]();
    if (folder !== this.#top) this.#top[Symbol.dispose]();
    return new LinuxPlace(folder, name);
  }
}
