import type { OpenFileLimit } from "./halves.ts";
import type { PosixCalls } from "./posix/calls.ts";

export function isRoot(): boolean {
  return Deno.uid() === 0;
}

/** "Unlimited" is the largest number of its type, which is not the same on both systems. */
export function readOpenFileLimit(calls: PosixCalls): OpenFileLimit | null {
  const limit = calls.openFileLimit();
  return limit === null ? null : { soft: toNumber(limit.soft), hard: toNumber(limit.hard) };
}

function toNumber(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
}
