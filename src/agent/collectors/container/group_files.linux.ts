import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";

/** The files of one control group, each held open from its first reading on. */
export class GroupFiles {
  readonly path: string;
  readonly #tree: TreeReader;
  readonly #directory: string;
  readonly #names: ReadonlySet<string>;
  readonly #held = new Map<string, HeldFile>();

  constructor(tree: TreeReader, mount: string, path: string) {
    this.path = path;
    this.#tree = tree;
    this.#directory = path === "/" ? mount : `${mount}${path}`;
    this.#names = new Set(tree.list(this.#directory));
  }

  get exists(): boolean {
    return this.#names.size > 0;
  }

  /** Null for a file that the group does not have; a root has no limits, and a controller may be off. */
  text(name: string): string | null {
    if (!this.#names.has(name)) return null;
    let file = this.#held.get(name);
    if (file === undefined) this.#held.set(name, file = this.#tree.hold(`${this.#directory}/${name}`));
    return file.text();
  }

  close(): void {
    for (const file of this.#held.values()) file.close();
    this.#held.clear();
  }
}

/** The group with the tightest limit; of equal ones the outermost, because more counts against it. */
export function tightest(
  groups: readonly GroupFiles[],
  limitOf: (group: GroupFiles) => number | undefined,
): { readonly group: GroupFiles | undefined; readonly limit: number | undefined } {
  let group = groups[0];
  let limit: number | undefined;
  for (const candidate of groups) {
    const own = limitOf(candidate);
    if (own === undefined || (limit !== undefined && own > limit)) continue;
    [group, limit] = [candidate, own];
  }
  return { group, limit };
}
