import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, type Member, mutated } from "../../../tests/helpers/c_struct.ts";
import { parseCoreTimes, parsePageCounts } from "./mach.ts";

/** CPU_STATE_USER, _SYSTEM, _IDLE and _NICE of <mach/machine.h>, in this order. */
const CORE: readonly Member[] = [["u32", 12_345], ["u32", 678], ["u32", 4_294_967_295], ["u32", 9]];

/** struct vm_statistics64 of <mach/vm_statistics.h>, member by member. */
const VM_STATISTICS64: readonly Member[] = [
  ["u32", 1], // free_count
  ["u32", 2], // active_count
  ["u32", 3], // inactive_count
  ["u32", 4], // wire_count
  ["u64", 5], // zero_fill_count
  ["u64", 6], // reactivations
  ["u64", 7], // pageins
  ["u64", 8], // pageouts
  ["u64", 9], // faults
  ["u64", 10], // cow_faults
  ["u64", 11], // lookups
  ["u64", 12], // hits
  ["u64", 13], // purges
  ["u32", 14], // purgeable_count
  ["u32", 15], // speculative_count
  ["u64", 16], // decompressions
  ["u64", 17], // compressions
  ["u64", 18], // swapins
  ["u64", 0xffff_ffff_ffff_ffffn], // swapouts
  ["u32", 20], // compressor_page_count
  ["u32", 21], // throttled_count
  ["u32", 22], // external_page_count
  ["u32", 23], // internal_page_count
  ["u64", 24], // total_uncompressed_pages_in_compressor
];

Deno.test("ticks of each processor become seconds", () => {
  const cores = parseCoreTimes(cStruct([...CORE, ...CORE]));
  assert.equal(cores.length, 2);
  assert.deepEqual(cores[1], { user: 123.45, system: 6.78, idle: 42_949_672.95, nice: 0.09 });
});

Deno.test("counts of pages stand where Apple's header puts them", () => {
  assert.deepEqual(parsePageCounts(cStruct(VM_STATISTICS64), 16_384), {
    pageBytes: 16_384,
    free: 1,
    active: 2,
    inactive: 3,
    wired: 4,
    pageIns: 7,
    pageOuts: 8,
    faults: 9,
    purgeable: 14,
    swapIns: 18,
    swapOuts: undefined, // no such number of pages exists
    compressed: 20,
    external: 22,
    internal: 23,
  });
});

Deno.test("a newer kernel's longer structure is read, an older one's shorter is not", () => {
  const bytes = cStruct(VM_STATISTICS64);
  assert.equal(bytes.length, 152);
  assert.equal(parsePageCounts(Uint8Array.from([...bytes, 1, 2, 3, 4]), 4096)?.internal, 23);
  assert.equal(parsePageCounts(bytes.subarray(0, 96), 4096), null);
});

Deno.test("whatever the bytes are, numbers are finite and not negative", () => {
  const change = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 20 });
  fc.assert(fc.property(fc.nat(200), change, (length, changes) => {
    for (const core of parseCoreTimes(mutated(cStruct([...CORE, ...CORE]), length, changes))) {
      assert.ok(Object.values(core).every((seconds) => seconds >= 0 && Number.isFinite(seconds)));
    }
    const counts = parsePageCounts(mutated(cStruct(VM_STATISTICS64), length, changes), 4096);
    for (const value of Object.values(counts ?? {})) {
      assert.ok(value === undefined || (value >= 0 && Number.isFinite(value)));
    }
  }));
});
