import { AppError } from "../../core/mod.ts";
import { type FileFacts, type Folder, ITSELF } from "../../platform/mod.ts";
import type { FileAction, FileActionReport } from "../../protocol/mod.ts";
import { type Access, type Reached, refuseKernelFiles } from "./access.ts";
import type { Guard } from "./guard.ts";
import { shown } from "./roots.ts";
import { MAX_DEPTH } from "./tree.ts";

/** Folders above one that is to be made, where they are not there either. */
const MAX_MADE = 64;
/** How often a folder is looked through for more that is to go. */
const MAX_PASSES = 16;

export async function actOn(access: Access, action: FileAction, signal: AbortSignal): Promise<FileActionReport> {
  const { path } = action;
  switch (action.action) {
    case "mkdir":
      await makeFolder(access, action, MAX_MADE);
      return { path };
    case "rename":
      return await rename(access, action);
    case "chmod":
      return await changeMode(access, action);
    case "delete":
      return { path, removed: await remove(access, action, signal) };
  }
}

async function makeFolder(access: Access, action: FileAction, left: number): Promise<void> {
  const { path, mode, recursive = false } = action;
  using reached = await reachToMake(access, action, left);
  if (reached.facts?.kind === "directory" && recursive) return;
  if (reached.facts !== null) throw taken(path);
  await refuseKernelFiles(reached);
  await reached.folder.makeFolder(reached.name);
  if (mode !== undefined) await reached.folder.setRights(reached.name, { mode: Number.parseInt(mode, 8) });
}

async function reachToMake(access: Access, action: FileAction, left: number): Promise<Reached> {
  const { path, recursive = false } = action;
  try {
    return await access.reach(path, { follow: recursive, change: "entry" });
  } catch (error) {
    const above = access.above(path);
    const isMissing = error instanceof AppError && error.code === "not_found";
    if (!isMissing || !recursive || above === null || left === 0) throw error;
    await makeFolder(access, { action: "mkdir", path: above, recursive }, left - 1);
    return await access.reach(path, { follow: recursive, change: "entry" });
  }
}

async function rename(access: Access, { path, to, overwrite = false }: FileAction): Promise<FileActionReport> {
  if (to === undefined) throw new AppError("invalid_input", "A rename needs the new path, as `to`");
  using from = await reachThere(access, path);
  using target = await access.reach(to, { follow: false, change: "entry" });
  await refuseKernelFiles(from);
  if (target.name === ITSELF || (target.facts !== null && !overwrite)) throw taken(to);
  if (target.facts?.kind === "directory") throw new AppError("conflict", `Cannot replace ${shown(to)}: it is a folder`);
  await from.folder.rename(from.name, target.folder, target.name, { replace: overwrite });
  return { path: to };
}

async function changeMode(access: Access, { path, mode }: FileAction): Promise<FileActionReport> {
  if (mode === undefined) throw new AppError("invalid_input", "A chmod needs the mode, such as 0644");
  using reached = await access.reach(path, { follow: true, change: "entry" });
  if (reached.facts === null) throw missing(path);
  await refuseKernelFiles(reached);
  await reached.folder.setRights(reached.name, { mode: Number.parseInt(mode, 8) });
  return { path };
}

/** How many files and folders are gone. */
async function remove(access: Access, { path, recursive = false }: FileAction, signal: AbortSignal): Promise<number> {
  using reached = await reachThere(access, path);
  const { folder, name, facts, realPath } = reached;
  await refuseKernelFiles(reached);
  if (facts?.kind !== "directory") {
    await folder.remove(name);
    return 1;
  }
  if (!recursive) {
    await folder.removeFolder(name);
    return 1;
  }
  const removal = new Removal(await access.guard(), signal);
  try {
    await removal.folder(folder, name, realPath, 0);
  } catch (error) {
    if (removal.removed === 0 || !(error instanceof AppError)) throw error;
    const message = `${error.message}; ${removal.removed} files and folders in ${shown(path)} were removed before that`;
    throw new AppError(error.code, message, { details: { removed: removal.removed }, cause: error });
  }
  return removal.removed;
}

/** A tree with all that is in it, by folders that are held open; never through a link, never on to another mount. */
class Removal {
  readonly #guard: Guard;
  readonly #signal: AbortSignal;
  removed = 0;

  constructor(guard: Guard, signal: AbortSignal) {
    this.#guard = guard;
    this.#signal = signal;
  }

  async folder(above: Folder, name: string, realPath: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) {
      throw new AppError("too_large", `${shown(realPath)} is deeper than ${MAX_DEPTH} folders; remove it in parts`);
    }
    {
      using folder = await above.enter(name, { sameMount: true });
      // Some file systems do not tell all names while others go, and somebody may be adding some.
      for (let pass = 0; pass < MAX_PASSES && await this.#clear(folder, realPath, depth); pass++);
    }
    await above.removeFolder(name);
    this.removed++;
  }

  /** Whether there was anything. */
  async #clear(folder: Folder, realPath: string, depth: number): Promise<boolean> {
    let isEmpty = true;
    for await (const part of folder.entries(this.#signal)) {
      for (const { name } of part) {
        this.#signal.throwIfAborted();
        const facts = await folder.facts(name);
        if (facts === null) continue;
        isEmpty = false;
        await this.#remove(folder, name, facts, `${realPath}/${name}`, depth);
      }
    }
    return !isEmpty;
  }

  async #remove(folder: Folder, name: string, facts: FileFacts, realPath: string, depth: number): Promise<void> {
    if (this.#guard.holds(realPath, facts)) {
      throw new AppError("forbidden", `Cannot remove ${shown(realPath)}: it belongs to the agent itself`);
    }
    if (facts.kind === "directory") return await this.folder(folder, name, realPath, depth + 1);
    await folder.remove(name);
    this.removed++;
  }
}

/** The thing itself, which must be there and be no root. */
async function reachThere(access: Access, path: string): Promise<Reached> {
  const reached = await access.reach(path, { follow: false, change: "whole" });
  if (reached.facts !== null && reached.name !== ITSELF) return reached;
  reached[Symbol.dispose]();
  throw reached.facts === null ? missing(path) : new AppError("forbidden", `Cannot change ${shown(path)} itself`);
}

function taken(path: string): AppError {
  return new AppError("conflict", `${shown(path)} is there already`);
}

function missing(path: string): AppError {
  return new AppError("not_found", `${shown(path)} is not there`);
}
