import { AppError } from "../../core/mod.ts";
import type { FileFacts, Folder } from "../../platform/mod.ts";
import { shown } from "./roots.ts";

/** Each holds a folder open. */
export const MAX_DEPTH = 200;

/** Something in a tree, and the open folder that it is in. */
export interface TreeItem {
  readonly folder: Folder;
  readonly name: string;
  /** Below the top, with slashes. */
  readonly path: string;
  readonly facts: FileFacts;
}

export interface TreeOptions {
  readonly signal: AbortSignal;
  /** False for a folder that is not to be entered. */
  enters(item: TreeItem): Promise<boolean> | boolean;
}

/**
 * All that is in a folder, a folder before what is in it, never through a link. An item can be used until the next one is
 * asked for. What vanishes meanwhile is passed over.
 */
export async function* treeOf(
  top: Folder,
  options: TreeOptions,
  prefix = "",
  depth = 0,
): AsyncGenerator<TreeItem, void> {
  if (depth > MAX_DEPTH) {
    throw new AppError("too_large", `${shown(prefix)} is deeper than ${MAX_DEPTH} folders, which is not entered`);
  }
  for await (const part of top.entries(options.signal)) {
    for (const { name } of part) {
      options.signal.throwIfAborted();
      const facts = await top.facts(name);
      if (facts === null) continue;
      const item = { folder: top, name, path: prefix === "" ? name : `${prefix}/${name}`, facts };
      const enters = facts.kind === "directory" && await options.enters(item);
      yield item;
      if (!enters) continue;
      using inner = await enterIfThere(top, name);
      if (inner !== null) yield* treeOf(inner, options, item.path, depth + 1);
    }
  }
}

async function enterIfThere(top: Folder, name: string): Promise<Folder | null> {
  try {
    return await top.enter(name);
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "conflict")) return null;
    throw error;
  }
}
