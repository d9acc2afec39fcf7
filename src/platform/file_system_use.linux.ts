import { AppError, messageOf } from "../core/mod.ts";
import type { FileSystemUse } from "./halves.ts";
import { libc } from "./linux/libc.ts";
import { parseStatfs, STATFS_BYTES } from "./linux/statfs.ts";

export async function linuxFileSystemUse(path: string): Promise<FileSystemUse> {
  const answer = new Uint8Array(STATFS_BYTES);
  const result = await libc.statfs(path, answer);
  if (result === 0) return parseStatfs(answer);
  throw new AppError("unavailable", `Cannot read the use of ${path}: ${await reason(path)}`);
}

/**
 * Why it failed. The number of the error stays behind in the thread that made the call; what keeps a file system from
 * telling its use (rights, a lost server, a disk error) also keeps it from telling what its root is.
 */
async function reason(path: string): Promise<string> {
  try {
    await Deno.lstat(path);
    return "its file system does not tell";
  } catch (error) {
    return messageOf(error).replace(/ \(os error \d+\).*$/s, "");
  }
}
