import type { MemoryTrimmer } from "./halves.ts";
import { linuxMemoryTrimmer } from "./memory_trimmer.linux.ts";
import { select } from "./select.ts";

/** A trimmer of this process's own memory, or null where the system offers none. */
export function createMemoryTrimmer(): MemoryTrimmer | null {
  const create = select<() => MemoryTrimmer | null>({
    linux: linuxMemoryTrimmer,
    darwin: () => null,
    windows: () => null,
  });
  return create();
}
