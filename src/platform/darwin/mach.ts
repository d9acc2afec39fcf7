import { AppError } from "../../core/mod.ts";
import { lazy } from "../lazy.ts";
import { LIBRARY } from "./library.ts";
import { fields32, fields64, viewOf } from "./structs.ts";

// <mach/processor_info.h>, <mach/machine.h>: four natural_t (32 bits each) for each processor.
// https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/processor_info.h
// https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/machine.h
const PROCESSOR_CPU_LOAD_INFO = 2;
const CPU_LOAD_BYTES = 16;
const CPU_LOAD = { user: 0, system: 4, idle: 8, nice: 12 } as const;
/** sysconf(_SC_CLK_TCK), which is fixed on macOS: https://keith.github.io/xcode-man-pages/sysconf.3.html */
const TICKS_PER_SECOND = 100;

// HOST_VM_INFO64 and struct vm_statistics64, in pages. Newer kernels know a longer one and still fill this.
// https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/host_info.h
// https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/vm_statistics.h
const HOST_VM_INFO64 = 4;
const VM_STATISTICS_BYTES = 152;
const PAGES_NOW = {
  free: 0,
  active: 4,
  inactive: 8,
  wired: 12,
  purgeable: 88,
  /** What the compressed pages take, compressed. */
  compressed: 128,
  /** Of files. */
  external: 136,
  /** Of programs. */
  internal: 140,
} as const;
const PAGES_SINCE_BOOT = { pageIns: 32, pageOuts: 40, faults: 48, swapIns: 112, swapOuts: 120 } as const;
const INTEGER_BYTES = 4;

/** Seconds of one processor since boot. */
export interface CoreTimes {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
}

export type PageCounts =
  & { readonly pageBytes: number }
  & Readonly<Record<keyof typeof PAGES_NOW, number>>
  & Readonly<Record<keyof typeof PAGES_SINCE_BOOT, number | undefined>>;

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    mach_host_self: { parameters: [], result: "u32" },
    /** What C calls mach_task_self(). */
    mach_task_self_: { type: "u32" },
    host_processor_info: { parameters: ["u32", "i32", "buffer", "buffer", "buffer"], result: "i32" },
    host_statistics64: { parameters: ["u32", "i32", "buffer", "buffer"], result: "i32" },
    host_page_size: { parameters: ["u32", "buffer"], result: "i32" },
    mach_timebase_info: { parameters: ["buffer"], result: "i32" },
    vm_deallocate: { parameters: ["u32", "u64", "u64"], result: "i32" },
  }).symbols
);

/** Each call of mach_host_self adds a reference that somebody must drop; so there is one. */
const host = lazy(() => symbols().mach_host_self());

export function coreTimes(): CoreTimes[] {
  const [cores, array, count] = [new Uint32Array(1), new BigUint64Array(1), new Uint32Array(1)];
  checked("host_processor_info", symbols().host_processor_info(host(), PROCESSOR_CPU_LOAD_INFO, cores, array, count));
  const [address = 0n] = array;
  const pointer = Deno.UnsafePointer.create(address);
  if (pointer === null) throw new AppError("unavailable", "host_processor_info gave no processors");
  const bytes = new Uint8Array((count[0] ?? 0) * INTEGER_BYTES);
  new Deno.UnsafePointerView(pointer).copyInto(bytes);
  symbols().vm_deallocate(symbols().mach_task_self_, address, BigInt(bytes.length));
  return parseCoreTimes(bytes);
}

export function parseCoreTimes(bytes: Uint8Array): CoreTimes[] {
  return Array.from({ length: Math.floor(bytes.length / CPU_LOAD_BYTES) }, (_, core) => {
    const { user, nice, system, idle } = fields32(viewOf(bytes.subarray(core * CPU_LOAD_BYTES)), CPU_LOAD);
    return {
      user: user / TICKS_PER_SECOND,
      nice: nice / TICKS_PER_SECOND,
      system: system / TICKS_PER_SECOND,
      idle: idle / TICKS_PER_SECOND,
    };
  });
}

export function pageCounts(): PageCounts {
  const statistics = new Uint8Array(VM_STATISTICS_BYTES);
  const count = new Uint32Array([VM_STATISTICS_BYTES / INTEGER_BYTES]);
  checked("host_statistics64", symbols().host_statistics64(host(), HOST_VM_INFO64, statistics, count));
  const pageBytes = new BigUint64Array(1);
  checked("host_page_size", symbols().host_page_size(host(), pageBytes));
  const counts = parsePageCounts(statistics.subarray(0, (count[0] ?? 0) * INTEGER_BYTES), Number(pageBytes[0]));
  if (counts === null) throw new AppError("unavailable", "host_statistics64 gave less than this program knows");
  return counts;
}

export function parsePageCounts(statistics: Uint8Array, pageBytes: number): PageCounts | null {
  if (statistics.length < VM_STATISTICS_BYTES) return null;
  const view = viewOf(statistics);
  return { pageBytes, ...fields32(view, PAGES_NOW), ...fields64(view, PAGES_SINCE_BOOT) };
}

/**
 * For this folder: seconds in one unit of Mach's own time, in which it counts what processes use. It is 1 ns on Intel
 * and 125/3 ns on Apple's processors.
 */
export const machUnitSeconds = lazy(() => {
  const fraction = new Uint32Array(2);
  checked("mach_timebase_info", symbols().mach_timebase_info(fraction));
  const [numerator = 0, denominator = 0] = fraction;
  return denominator === 0 ? 1e-9 : numerator / denominator / 1e9;
});

/** https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/mach/kern_return.h: zero is success. */
function checked(call: string, result: number): void {
  if (result !== 0) throw new AppError("unavailable", `${call} failed with code ${result}`);
}
