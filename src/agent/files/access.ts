import { AppError } from "../../core/mod.ts";
import { type Beneath, beneath, type FileFacts, ITSELF, type Place } from "../../platform/mod.ts";
import { Guard } from "./guard.ts";
import type { FilesPorts } from "./ports.ts";
import { isWithin, notInRoots, notWritable, type Root, rootOf, shown } from "./roots.ts";

export interface ReachOptions {
  /** Whether a link at the end of the path is followed. */
  readonly follow: boolean;
  /** What is to be changed: something in the folder, or the thing itself with all that is in it. */
  readonly change?: "entry" | "whole";
}

/** Something that may be reached. To be disposed of. */
export interface Reached extends Place {
  /** As it was asked for. */
  readonly path: string;
  /** With all links on the way resolved. */
  readonly realPath: string;
  readonly isWritable: boolean;
  /** Null where there is nothing yet. */
  readonly facts: FileFacts | null;
}

/**
 * Decides what may be reached: what is in one of the roots of the config, links and all, and is not the agent's own. What a
 * path leads to is held before it is decided about.
 */
export class Access {
  readonly #ports: FilesPorts;
  readonly #beneath: Beneath;

  constructor(ports: FilesPorts, system: Beneath = beneath()) {
    this.#ports = ports;
    this.#beneath = system;
  }

  async roots(): Promise<Root[]> {
    const { roots } = this.#ports.config();
    const given = roots.length > 0 ? roots : (await this.#beneath.everything()).map((path) => ({ path, write: true }));
    return given.flatMap(({ path, write }) => {
      const parts = this.#beneath.partsOf(path);
      return parts === null ? [] : [{ path, parts, isWritable: write }];
    });
  }

  async reach(path: string, { follow, change }: ReachOptions): Promise<Reached> {
    const parts = this.#partsOf(path);
    const roots = await this.roots();
    const root = rootOf(roots, parts, this.#beneath.ignoresCase);
    if (root === null) throw notInRoots(path, roots);
    if (change !== undefined && !root.isWritable) throw notWritable(path, root);
    const place = await this.#beneath.find(root.path, parts.slice(root.parts.length), { follow });
    try {
      return await this.#admit(path, place, { roots, root, change });
    } catch (error) {
      place[Symbol.dispose]();
      throw error;
    }
  }

  guard(): Promise<Guard> {
    return Guard.of(this.#beneath, this.#ports.ownPaths());
  }

  /** The path of something in a folder. */
  join(path: string, name: string): string {
    return this.#beneath.pathOf([...this.#partsOf(path), name]);
  }

  /** The folder that a path is in; null for what is in none. */
  above(path: string): string | null {
    const parts = this.#partsOf(path);
    return parts.length === 0 ? null : this.#beneath.pathOf(parts.slice(0, -1));
  }

  async #admit(
    path: string,
    place: Place,
    { roots, root, change }: { roots: readonly Root[]; root: Root; change: ReachOptions["change"] },
  ): Promise<Reached> {
    const { folder, name } = place;
    const [folderPath, facts, folderFacts, guard, realRoots] = await Promise.all([
      folder.path(),
      folder.facts(name),
      folder.facts(ITSELF),
      this.guard(),
      this.#realRoots(roots),
    ]);
    const folderParts = this.#beneath.partsOf(folderPath);
    if (folderParts === null) throw new AppError("unavailable", `Cannot find out where ${shown(path)} is`);
    const realParts = name === ITSELF ? folderParts : [...folderParts, name];
    const realPath = this.#beneath.pathOf(realParts);
    if (guard.holds(realPath, facts, folderFacts) || (facts !== null && await guard.holdsByOtherName(facts))) {
      throw new AppError("forbidden", `${shown(path)} belongs to the agent itself, and cannot be reached`);
    }
    // A link may lead from one root into another one in it, which then decides.
    const inner = rootOf(realRoots, realParts, this.#beneath.ignoresCase) ?? root;
    if (change !== undefined && !inner.isWritable) throw notWritable(path, inner);
    if (change === "whole") this.#refuseToMove(path, realPath, realRoots, guard);
    const isWritable = root.isWritable && inner.isWritable;
    return { path, folder, name, facts, realPath, isWritable, [Symbol.dispose]: () => place[Symbol.dispose]() };
  }

  #refuseToMove(path: string, realPath: string, roots: readonly Root[], guard: Guard): void {
    if (guard.isIn(realPath)) {
      throw new AppError("forbidden", `Cannot change ${shown(path)}: the agent itself has files in it`);
    }
    const parts = this.#beneath.partsOf(realPath) ?? [];
    const root = roots.find((each) => isWithin(each.parts, parts, this.#beneath.ignoresCase));
    if (root === undefined) return;
    const what = root.parts.length === parts.length ? "it is" : `in it is ${root.path},`;
    throw new AppError("forbidden", `Cannot change ${shown(path)}: ${what} one of files.roots in this host's config`);
  }

  async #realRoots(roots: readonly Root[]): Promise<readonly Root[]> {
    const found = await Promise.all(roots.map(async (root) => {
      try {
        const parts = this.#beneath.partsOf(await Deno.realPath(root.path));
        return parts === null ? [] : [{ ...root, parts }];
      } catch {
        return []; // a root that is not there has nothing in it
      }
    }));
    return found.flat();
  }

  #partsOf(path: string): readonly string[] {
    const parts = this.#beneath.partsOf(path);
    if (parts !== null) return parts;
    throw new AppError("invalid_input", `${shown(path)} is no absolute path of this host without . and ..`);
  }
}

/** What the kernel makes up as it is asked for is no file that could be sent, kept or removed. */
export async function refuseKernelFiles({ folder, path }: Pick<Reached, "folder" | "path">): Promise<void> {
  if (!await folder.isOfKernel()) return;
  throw new AppError("unsupported", `${shown(path)} is made up by the kernel as it is read, and no file`);
}
