import type { HostFacts } from "./halves.ts";
import { isRoot, readOpenFileLimit } from "./host_facts.posix.ts";
import { libc } from "./linux/libc.ts";

/** https://man7.org/linux/man-pages/man2/adjtimex.2.html */
const TIME_ERROR = 5;

export const linuxFacts: HostFacts = {
  isPrivileged: isRoot,
  openFileLimit: () => readOpenFileLimit(libc),
  clockSynchronised() {
    const state = libc.clockState();
    return state < 0 ? null : state !== TIME_ERROR;
  },
};
