import type { KernelClock } from "./halves.ts";
import { linuxKernelClock } from "./kernel_clock.linux.ts";
import { select } from "./select.ts";

/** How the kernel disciplines its clock; null where it does not tell. Changes nothing and needs no privilege. */
export function kernelClock(): KernelClock | null {
  const read = select<() => KernelClock | null>({
    linux: linuxKernelClock,
    darwin: () => null,
    windows: () => null,
  });
  return read();
}
