import type { MemoryTrimmer } from "./halves.ts";
import { linuxMemoryTrimmer } from "./memory_trimmer.linux.ts";
import { select } from "./select.ts";

/** A trimmer of this process's own memory. */
export function createMemoryTrimmer(): MemoryTrimmer {
  const heapOnly = () => ({ trimsPages: false, trim: () => ({ ranges: 0, ms: 0 }), compact: collectGarbage });
  return select<(collect: () => void) => MemoryTrimmer>({
    linux: linuxMemoryTrimmer,
    darwin: heapOnly,
    windows: heapOnly,
  })(collectGarbage);
}

/** The executable is compiled with this function exposed; from the sources it is not there, and nothing happens. */
function collectGarbage(): void {
  const { gc } = globalThis as { readonly gc?: () => void };
  gc?.();
}
