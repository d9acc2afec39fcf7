import { fileError } from "./file_error.ts";
import type { HostFacts, OpenFileLimit } from "./halves.ts";
import { darwinFacts } from "./host_facts.darwin.ts";
import { linuxFacts } from "./host_facts.linux.ts";
import { windowsFacts } from "./host_facts.windows.ts";
import { select } from "./select.ts";

/** True for root, and on Windows for an elevated account. */
export function isPrivileged(): boolean {
  return facts().isPrivileged();
}

/** How many files this process may hold open; null where the system sets no such limit. */
export function openFileLimit(): OpenFileLimit | null {
  return facts().openFileLimit();
}

/** Whether the kernel considers its clock synchronised; null where it does not tell. */
export function clockSynchronised(): boolean | null {
  return facts().clockSynchronised();
}

/** What an unprivileged user may still write to the file system of `path`, which must exist. */
export async function freeSpaceBytes(path: string): Promise<number> {
  try {
    const { statfs } = await import("node:fs/promises"); // loaded when needed: only the doctor asks
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    throw fileError("read the free space of", path, error);
  }
}

function facts(): HostFacts {
  return select({ linux: linuxFacts, darwin: darwinFacts, windows: windowsFacts });
}
