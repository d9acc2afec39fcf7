import { lazy } from "../lazy.ts";
import { cString } from "../posix/calls.ts";
import { LIBRARY } from "./library.ts";
import { textAt, timevalMs, unsigned64, viewOf } from "./structs.ts";

// https://keith.github.io/xcode-man-pages/sysctl.3.html
const MAX_VALUE_BYTES = 4 * 1024;

// struct xsw_usage in <sys/sysctl.h>:
// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/sysctl.h
const XSW_USAGE = { bytes: 32, total: 0, available: 8, used: 16 } as const;

// struct timeval in <sys/_types/_timeval.h>:
// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/_types/_timeval.h
const TIMEVAL_BYTES = 16;

export interface SwapUse {
  readonly totalBytes?: number | undefined;
  readonly availableBytes?: number | undefined;
  readonly usedBytes?: number | undefined;
}

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    sysctl: { parameters: ["buffer", "u32", "buffer", "buffer", "pointer", "usize"], result: "i32" },
    sysctlbyname: { parameters: ["buffer", "buffer", "buffer", "pointer", "usize"], result: "i32" },
  }).symbols
);

/** The bytes of a value of the kernel; null when this kernel has none of that name. */
function valueOf(name: string): Uint8Array | null {
  const value = new Uint8Array(MAX_VALUE_BYTES);
  const length = new BigUint64Array([BigInt(value.length)]);
  if (symbols().sysctlbyname(cString(name), value, length, null, 0n) !== 0) return null;
  return value.subarray(0, Number(length[0]));
}

/** A whole number: the kernel keeps some as 32 bits and others as 64. */
export function parseNumber(value: Uint8Array): number | undefined {
  if (value.length === 4) return viewOf(value).getUint32(0, true);
  return value.length === 8 ? unsigned64(viewOf(value), 0) : undefined;
}

export function parseSwapUse(value: Uint8Array): SwapUse | null {
  if (value.length < XSW_USAGE.bytes) return null;
  const view = viewOf(value);
  return {
    totalBytes: unsigned64(view, XSW_USAGE.total),
    availableBytes: unsigned64(view, XSW_USAGE.available),
    usedBytes: unsigned64(view, XSW_USAGE.used),
  };
}

export function parseBootTimeMs(value: Uint8Array): number | undefined {
  return value.length < TIMEVAL_BYTES ? undefined : timevalMs(viewOf(value), 0);
}

export function sysctlNumber(name: string): number | undefined {
  const value = valueOf(name);
  return value === null ? undefined : parseNumber(value);
}

export function sysctlText(name: string): string | undefined {
  const value = valueOf(name);
  return value === null ? undefined : textAt(value, 0, value.length).trim() || undefined;
}

export function swapUse(): SwapUse | null {
  const value = valueOf("vm.swapusage");
  return value === null ? null : parseSwapUse(value);
}

export function bootTimeMs(): number | undefined {
  const value = valueOf("kern.boottime");
  return value === null ? undefined : parseBootTimeMs(value);
}

/** For this folder: a value by the numbers of its name, which may have any size and grow between the two calls. */
export function valueByNumbers(name: readonly number[]): Uint8Array | null {
  const mib = new Int32Array(name);
  const length = new BigUint64Array(1);
  if (symbols().sysctl(mib, mib.length, null, length, null, 0n) !== 0) return null;
  const roomBytes = Math.ceil(Number(length[0]) * 1.25) + MAX_VALUE_BYTES;
  const value = new Uint8Array(roomBytes);
  length[0] = BigInt(roomBytes);
  if (symbols().sysctl(mib, mib.length, value, length, null, 0n) !== 0) return null;
  return value.subarray(0, Number(length[0]));
}
