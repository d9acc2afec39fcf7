import { lazy } from "../lazy.ts";
import { cString } from "../posix/calls.ts";

const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
/** The one flag of these that the two processors number differently. */
const O_NOFOLLOW = { x86_64: 0o400000, aarch64: 0o100000 } as const;

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  }).symbols
);

/**
 * Uses a file by a name that goes on to mean that very file, whatever becomes of its path: what is found out of it still
 * holds when it is acted upon. Of a link it is the link itself. Null when there is no such file.
 */
export function withPathHandle<T>(path: string, use: (steadyPath: string) => T): T | null {
  const fd = symbols().open(cString(path), O_PATH | O_CLOEXEC | O_NOFOLLOW[Deno.build.arch]);
  if (fd < 0) return null;
  try {
    return use(`/proc/self/fd/${fd}`);
  } finally {
    symbols().close(fd);
  }
}
