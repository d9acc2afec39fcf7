import { libsystem } from "./darwin/libsystem.ts";
import type { HostFacts } from "./halves.ts";
import { isRoot, readOpenFileLimit } from "./host_facts.posix.ts";

export const darwinFacts: HostFacts = {
  isPrivileged: isRoot,
  openFileLimit: () => readOpenFileLimit(libsystem),
  clockSynchronised: () => null,
};
