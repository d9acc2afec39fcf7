import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, mutated } from "../../../tests/helpers/c_struct.ts";
import { parseBootTimeMs, parseNumber, parseSwapUse } from "./sysctl.ts";

/** struct xsw_usage of <sys/sysctl.h>: total, avail, used, pagesize, encrypted. */
const SWAP = cStruct([["u64", 3 * 2 ** 30], ["u64", 2 ** 30], ["u64", 2 * 2 ** 30], ["u32", 16_384], ["u32", 1]]);
/** struct timeval: tv_sec, tv_usec. */
const BOOT = cStruct([["u64", 1_700_000_000], ["u32", 250_000]]);

Deno.test("whole numbers have 32 or 64 bits, and other values are none", () => {
  assert.equal(parseNumber(cStruct([["u32", 8]])), 8);
  assert.equal(parseNumber(cStruct([["u64", 34_359_738_368]])), 34_359_738_368);
  assert.equal(parseNumber(cStruct([["u64", 2n ** 63n]])), undefined);
  assert.equal(parseNumber(cStruct([["u16", 8]])), undefined);
  assert.equal(parseNumber(new Uint8Array()), undefined);
});

Deno.test("use of swap", () => {
  const expected = { totalBytes: 3 * 2 ** 30, availableBytes: 2 ** 30, usedBytes: 2 * 2 ** 30 };
  assert.deepEqual(parseSwapUse(SWAP), expected);
  assert.equal(parseSwapUse(SWAP.subarray(0, 24)), null);
});

Deno.test("time of boot", () => {
  assert.equal(BOOT.length, 16);
  assert.equal(parseBootTimeMs(BOOT), 1_700_000_000_250);
  assert.equal(parseBootTimeMs(new Uint8Array(16)), undefined);
  assert.equal(parseBootTimeMs(BOOT.subarray(0, 8)), undefined);
});

Deno.test("whatever the bytes are, numbers are finite and not negative", () => {
  const change = fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 8 });
  fc.assert(fc.property(fc.nat(40), change, (length, changes) => {
    const swap = mutated(SWAP, length, changes);
    const values = [parseNumber(swap), parseBootTimeMs(swap), ...Object.values(parseSwapUse(swap) ?? {})];
    for (const value of values) assert.ok(value === undefined || (value >= 0 && Number.isFinite(value)));
  }));
});
