import assert from "node:assert/strict";
import fc from "fast-check";
import { rangeOf } from "./byte_range.ts";

for (
  const [header, expected] of [
    [null, "whole"],
    ["bytes=0-", { from: 0, to: 10 }],
    ["bytes=4-6", { from: 4, to: 7 }],
    ["bytes=4-99", { from: 4, to: 10 }],
    ["bytes=-3", { from: 7, to: 10 }],
    ["bytes=-99", { from: 0, to: 10 }],
    ["bytes=10-", "none"],
    ["bytes=-0", "none"],
    ["bytes=6-4", "whole"],
    ["bytes=-", "whole"],
    ["bytes=0-1,4-5", "whole"],
    ["lines=0-1", "whole"],
    ["bytes=1e3-", "whole"],
  ] as const
) {
  Deno.test(`of ten bytes ${header} means ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(rangeOf(header, 10), expected);
  });
}

Deno.test("whatever is asked for, what is sent is in the file", () => {
  const header = fc.oneof(fc.string(), fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`));
  fc.assert(fc.property(header, fc.nat(), (asked, size) => {
    const range = rangeOf(asked, size);
    assert.ok(typeof range === "string" || (range.from >= 0 && range.from < range.to && range.to <= size));
  }));
});
