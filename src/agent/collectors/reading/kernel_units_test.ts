import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelUnits, parseAuxv } from "./kernel_units.ts";

function auxv(...entries: readonly (readonly [number, bigint])[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * 16);
  const view = new DataView(bytes.buffer);
  entries.forEach(([type, value], index) => {
    view.setBigUint64(index * 16, BigInt(type), true);
    view.setBigUint64(index * 16 + 8, value, true);
  });
  return bytes;
}

Deno.test("pages and ticks are those that the kernel gave to the program", () => {
  assert.deepEqual(parseAuxv(auxv([33, 7n], [6, 65536n], [17, 250n], [0, 0n])), {
    pageBytes: 65536,
    ticksPerSecond: 250,
  });
});

Deno.test("without them, or with what cannot be, the common values hold", () => {
  const common = { pageBytes: 4096, ticksPerSecond: 100 };
  assert.deepEqual(parseAuxv(new Uint8Array(7)), common);
  assert.deepEqual(parseAuxv(auxv([6, 5000n], [17, 0n])), common);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const { pageBytes, ticksPerSecond } = parseAuxv(bytes);
    assert.ok(pageBytes >= 1024 && pageBytes <= 1 << 20 && ticksPerSecond >= 1);
  }));
});

Deno.test("they are read once", () => {
  assert.equal(kernelUnits(), kernelUnits());
  assert.ok(kernelUnits().pageBytes >= 4096);
});
