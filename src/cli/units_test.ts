import assert from "node:assert/strict";
import fc from "fast-check";
import { percentOf, readableBytes, readableMs, readableNumber, readablePercent } from "./units.ts";

Deno.test("bytes are told in the largest unit that leaves less than 1000 of it", () => {
  const told: readonly [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1.0 kB"],
    [1000, "1.0 kB"],
    [39_100_000, "39.1 MB"],
    [999_949, "999.9 kB"],
    [999_960, "1.0 MB"],
    [16e9, "16.0 GB"],
    [1.5e15, "1.5 PB"],
    [2e22, "20000.0 EB"],
  ];
  for (const [bytes, expected] of told) assert.equal(readableBytes(bytes), expected, String(bytes));
});

Deno.test("bytes as they are told are at most one digit off", () => {
  const factors: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 53 - 1 }), (bytes) => {
    const [number, unit = ""] = readableBytes(bytes).split(" ");
    const told = Number(number) * (factors[unit] ?? NaN);
    assert.ok(Math.abs(told - bytes) <= 0.0501 * (factors[unit] ?? 1));
    assert.ok(Number(number) < 1000);
  }));
});

Deno.test("what was not measured is a dash, never a zero", () => {
  for (const value of [undefined, NaN, Infinity]) {
    for (const tell of [readableBytes, readableNumber, readablePercent, readableMs]) assert.equal(tell(value), "-");
  }
});

Deno.test("a time is told in milliseconds, or in seconds from one on", () => {
  const told: readonly [number, string][] = [
    [0.04, "0.0 ms"],
    [0.31, "0.3 ms"],
    [9.96, "10 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [12_345, "12.3 s"],
  ];
  for (const [ms, expected] of told) assert.equal(readableMs(ms), expected, String(ms));
});

Deno.test("a part of nothing is no percentage, and none is beyond its bounds", () => {
  assert.equal(percentOf(1, 4), 25);
  assert.equal(percentOf(5, 4), 100);
  assert.equal(percentOf(-1, 4), 0);
  for (const [part, whole] of [[1, 0], [undefined, 4], [1, undefined], [1, -4]]) {
    assert.equal(percentOf(part, whole), undefined);
  }
});
