/** The units in which this kernel counts memory and processor time for programs. */
export interface KernelUnits {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
}

// https://man7.org/linux/man-pages/man3/getauxval.3.html
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;
const ENTRY_BYTES = 16;
const DEFAULTS: KernelUnits = { pageBytes: 4096, ticksPerSecond: 100 };
const MAX_PAGE_BYTES = 1 << 20;

let known: KernelUnits | null = null;

/**
 * Read once, from what the kernel gave this program: pages are 4 KiB on x86-64, but 16 or 64 KiB on some arm64 kernels.
 * It is always the real /proc, whatever the configured root is: a host and its containers have one kernel.
 */
export function kernelUnits(): KernelUnits {
  return known ??= readUnits("/proc/self/auxv");
}

function readUnits(path: string): KernelUnits {
  try {
    return parseAuxv(Deno.readFileSync(path));
  } catch {
    // No /proc, or one that hides it: the common values are right nearly everywhere.
    return DEFAULTS;
  }
}

/** The auxiliary vector of a 64-bit program: pairs of a type and a value, in the order of bytes of this machine. */
export function parseAuxv(bytes: Uint8Array): KernelUnits {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let { pageBytes, ticksPerSecond } = DEFAULTS;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const type = view.getBigUint64(at, true);
    const value = Number(view.getBigUint64(at + 8, true));
    if (type === AT_PAGESZ && isPageSize(value)) pageBytes = value;
    if (type === AT_CLKTCK && value >= 1 && value <= 10_000) ticksPerSecond = value;
  }
  return { pageBytes, ticksPerSecond };
}

function isPageSize(value: number): boolean {
  return value >= 1024 && value <= MAX_PAGE_BYTES && (value & (value - 1)) === 0;
}
