import assert from "node:assert/strict";
import fc from "fast-check";
import { Duration } from "./duration.ts";
import { AppError } from "./errors.ts";

const READ: readonly (readonly [text: string, ms: number])[] = [
  ["0", 0],
  ["0s", 0],
  ["500ms", 500],
  ["60s", 60_000],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
  ["7d", 604_800_000],
  ["  10s\n", 10_000],
  ["1h1m1s1ms", 3_661_001],
  ["0.5ms", 1],
];

for (const [text, ms] of READ) {
  Deno.test(`Duration: reads ${JSON.stringify(text)}`, () => assert.equal(Duration.parse(text)?.ms, ms));
}

const REFUSED = [
  "",
  "5",
  "s",
  "-1s",
  "+1s",
  "1 s",
  "1s 2s",
  "1S",
  "1e3s",
  ".5s",
  "1.s",
  "1,5s",
  "1w",
  "Infinity",
  "1s\0",
];
for (const text of [...REFUSED, "9".repeat(400) + "d", "9007199254740993ms"]) {
  Deno.test(`Duration: refuses ${JSON.stringify(text.slice(0, 20))}`, () => assert.equal(Duration.parse(text), null));
}

Deno.test("Duration: prints the shortest exact spelling", () => {
  const printed = [0, 1, 999, 1_000, 90_000, 3_600_000, 86_400_000, 86_401_000].map((ms) => `${new Duration(ms)}`);
  assert.deepEqual(printed, ["0s", "1ms", "999ms", "1s", "1m30s", "1h", "1d", "1d1s"]);
  assert.equal(JSON.stringify({ every: new Duration(60_000) }), '{"every":"1m"}');
});

Deno.test("Duration: is kept in whole milliseconds", () => {
  assert.equal(new Duration(0.4).toString(), "0s");
  assert.equal(new Duration(1.6).ms, 2);
});

Deno.test("Duration: refuses what is not a span of time", () => {
  for (const ms of [-1, -0.1, NaN, Infinity, -Infinity, 2 ** 53, 1e300]) {
    assert.throws(() => new Duration(ms), (error) => error instanceof AppError && error.code === "invalid_input");
  }
});

Deno.test("Duration: whatever is printed is read back unchanged", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (ms) => Duration.parse(new Duration(ms).toString())?.ms === ms));
});

Deno.test("Duration: parse never throws and gives whole, finite milliseconds", () => {
  const almost = fc.stringMatching(/^[0-9.]{0,20}(ms|s|m|h|d){0,2}[0-9]{0,9}(ms|s|m|h|d)?$/);
  fc.assert(fc.property(fc.oneof(fc.string(), almost), (text) => {
    const duration = Duration.parse(text);
    return duration === null || (Number.isSafeInteger(duration.ms) && duration.ms >= 0);
  }));
});
