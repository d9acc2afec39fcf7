import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteSize } from "./byte_size.ts";
import { AppError } from "./errors.ts";

const READ: readonly (readonly [text: string, bytes: number])[] = [
  ["0", 0],
  ["1048576", 1_048_576],
  ["1B", 1],
  ["500MB", 500_000_000],
  ["500mb", 500_000_000],
  ["64MiB", 67_108_864],
  ["64 MiB", 67_108_864],
  ["1.5KiB", 1_536],
  ["2GB", 2_000_000_000],
  [" 1TiB ", 1_099_511_627_776],
];

for (const [text, bytes] of READ) {
  Deno.test(`ByteSize: reads ${JSON.stringify(text)}`, () => assert.equal(ByteSize.parse(text)?.bytes, bytes));
}

for (
  const text of ["", "MB", "-1MB", "1M", "1PB", "1MBs", "1e6", "0x10", "1,5MB", ".5MB", "constructor", "9999999TiB"]
) {
  Deno.test(`ByteSize: refuses ${JSON.stringify(text)}`, () => assert.equal(ByteSize.parse(text), null));
}

Deno.test("ByteSize: prints an exact spelling in the largest unit that divides it", () => {
  const printed = [0, 1, 1_000, 1_024, 1_500, 500_000_000, 2 ** 30, 2 ** 40].map((bytes) => `${new ByteSize(bytes)}`);
  assert.deepEqual(printed, ["0B", "1B", "1KB", "1KiB", "1500B", "500MB", "1GiB", "1TiB"]);
  assert.equal(JSON.stringify([new ByteSize(1_000)]), '["1KB"]');
});

Deno.test("ByteSize: refuses what is not a number of bytes", () => {
  for (const bytes of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => new ByteSize(bytes), (error) => error instanceof AppError && error.code === "invalid_input");
  }
});

Deno.test("ByteSize: whatever is printed is read back unchanged", () => {
  const unit = fc.constantFrom(1, 1e3, 2 ** 10, 1e6, 2 ** 20, 1e9, 2 ** 30);
  const exact = fc.tuple(fc.nat({ max: 8_000_000 }), unit).map(([count, factor]) => count * factor);
  fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), exact), (bytes) => {
    return ByteSize.parse(new ByteSize(bytes).toString())?.bytes === bytes;
  }));
});

Deno.test("ByteSize: parse never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,20}[A-Za-z]{0,4}$/)), (text) => {
    const size = ByteSize.parse(text);
    return size === null || Number.isSafeInteger(size.bytes);
  }));
});
