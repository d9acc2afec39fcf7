import { join } from "node:path";
import { type Beneath, type FileFacts, identityOf } from "../../platform/mod.ts";
import { isWithin } from "./roots.ts";

/**
 * The agent's own files as they are now: by their paths, with links and without, and by what does not change with their
 * names, so that no second name of one opens it.
 */
export class Guard {
  readonly #paths: (readonly string[])[] = [];
  readonly #identities = new Set<string>();
  readonly #folders: string[] = [];
  readonly #system: Beneath;

  private constructor(system: Beneath) {
    this.#system = system;
  }

  static async of(system: Beneath, paths: readonly string[]): Promise<Guard> {
    const guard = new Guard(system);
    await Promise.all(paths.map((path) => guard.#add(path)));
    return guard;
  }

  /** Whether something is the agent's own, or in a folder of its own. `facts` are its own, or those of its folder. */
  holds(realPath: string, ...facts: readonly (FileFacts | null)[]): boolean {
    const parts = this.#system.partsOf(realPath);
    return facts.some((each) => each !== null && this.#identities.has(each.identity)) ||
      (parts !== null && this.#paths.some((own) => isWithin(parts, own, this.#system.ignoresCase)));
  }

  /** Whether a file is one of those in the agent's own folders by another name. */
  async holdsByOtherName({ kind, links, identity }: FileFacts): Promise<boolean> {
    if (kind !== "file" || links < 2 || identity === "") return false;
    for (const folder of this.#folders) if (await isAmong(folder, identity)) return true;
    return false;
  }

  /** Whether there is something of the agent's own below. */
  isIn(realPath: string): boolean {
    const parts = this.#system.partsOf(realPath);
    return parts !== null && this.#paths.some((own) => isWithin(own, parts, this.#system.ignoresCase));
  }

  async #add(path: string): Promise<void> {
    const given = this.#system.partsOf(path);
    if (given !== null) this.#paths.push(given);
    try {
      const [real, info] = await Promise.all([Deno.realPath(path), Deno.stat(path)]);
      if (info.isDirectory) this.#folders.push(real);
      const parts = this.#system.partsOf(real);
      if (parts !== null) this.#paths.push(parts);
      if (identityOf(info) !== "") this.#identities.add(identityOf(info));
    } catch {
      // It is not there, or cannot be looked at: its name alone is guarded then.
    }
  }
}

/** Secrets are in the folder itself; what is deeper, such as what processes work in, is guarded by its path. */
async function isAmong(folder: string, identity: string): Promise<boolean> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    try {
      if (identityOf(await Deno.lstat(join(folder, name))) === identity) return true;
    } catch {
      // It has gone meanwhile, as temporary ones do.
    }
  }
  return false;
}
