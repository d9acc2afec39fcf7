import { AppError } from "../core/mod.ts";
import { darwinFileSystemUse } from "./darwin/mounts.ts";
import { linuxFileSystemUse } from "./file_system_use.linux.ts";
import type { FileSystemUse } from "./halves.ts";
import { select } from "./select.ts";

/**
 * How full the file system at a path is (Linux, macOS). It is asked in a thread of its own, so that one that never answers
 * holds up nobody here; but the runtime has only some 30 of these threads for everything that it does: let few calls
 * wait at a time, and never two for the same path.
 */
export function fileSystemUse(path: string): Promise<FileSystemUse> {
  return select<(path: string) => Promise<FileSystemUse>>({
    linux: linuxFileSystemUse,
    darwin: darwinFileSystemUse,
    windows: notHere,
  })(path);
}

function notHere(): Promise<never> {
  return Promise.reject(new AppError("unsupported", "The use of a file system by its path is not read on Windows"));
}
