import { AppError } from "../core/mod.ts";
import { withPathHandle } from "./linux/path_handle.ts";

/** Whoever may write to the directory could put a link, or another file, in the socket's place at any moment. */
export function giveLinuxSocket(path: string, uid: number): void {
  const given = withPathHandle(path, (steady) => {
    const { isSocket, nlink, uid: owner } = Deno.statSync(steady);
    if (!isSocket || nlink !== 1 || owner !== Deno.uid()) return false;
    Deno.chownSync(steady, uid, null);
    return true;
  });
  if (given !== true) {
    throw new AppError("conflict", `${path} was replaced by something else at once; see who does that`);
  }
}
