import { AppError } from "../core/mod.ts";
import { select } from "./select.ts";
import { giveDarwinSocket } from "./socket_owner.darwin.ts";
import { giveLinuxSocket } from "./socket_owner.linux.ts";

/**
 * Gives a Unix socket that we have made a moment ago to another user, who may well own the directory that it is in. It
 * must not be possible to have any other file given away instead.
 */
export function giveSocketTo(path: string, uid: number): void {
  select({ linux: giveLinuxSocket, darwin: giveDarwinSocket, windows: unsupported })(path, uid);
}

function unsupported(): never {
  throw new AppError("unsupported", "Windows has no owners of sockets that are numbers");
}
