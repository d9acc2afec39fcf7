import { AppError } from "../core/mod.ts";
import { lazy } from "./lazy.ts";
import { cString } from "./posix/calls.ts";

/** Leaves the group as it is. */
const SAME_GROUP = 0xffffffff;

const symbols = lazy(() =>
  Deno.dlopen("/usr/lib/libSystem.B.dylib", {
    lchown: { parameters: ["buffer", "u32", "u32"], result: "i32" },
  }).symbols
);

/** Does not follow a link that somebody may have put in the socket's place. */
export function giveDarwinSocket(path: string, uid: number): void {
  const { isSocket, nlink } = Deno.lstatSync(path);
  if (!isSocket || nlink !== 1 || symbols().lchown(cString(path), uid, SAME_GROUP) !== 0) {
    throw new AppError("conflict", `${path} cannot be given to user ${uid}`);
  }
}
