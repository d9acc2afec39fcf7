import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { LineFilter } from "./line_filter.ts";

const lines = (...texts: string[]) => texts.map((text) => ({ text }));

Deno.test("lines that match are kept, however often the same pattern is asked", () => {
  const filter = new LineFilter(/er+or/gi, new FakeClock());
  for (let count = 0; count < 3; count++) {
    assert.deepEqual(filter.keep(lines("an ERROR", "fine", "error")), lines("an ERROR", "error"));
  }
  assert.deepEqual(new LineFilter(undefined, new FakeClock()).keep(lines("any")), lines("any"));
});

Deno.test("no more than the beginning of a line is matched", () => {
  const filter = new LineFilter(/end$/, new FakeClock());
  assert.deepEqual(filter.keep(lines(`${"x".repeat(10_000)}end`, "end")), lines("end"));
});

Deno.test("a pattern that takes for ever is refused with what to write instead", () => {
  for (const pattern of [/(a+)+$/, /(?:\w*)*x/, /([^"]+){2,}/]) {
    assert.throws(() => new LineFilter(pattern, new FakeClock()), { code: "invalid_input" });
  }
  for (const pattern of [/(\w+\s)+/, /(a|b)*/, /\(a+\)+/, /(a+)/]) new LineFilter(pattern, new FakeClock());
});

Deno.test("what takes too long altogether is given up", () => {
  let nowMs = 0;
  const filter = new LineFilter(/x/, {
    ...new FakeClock(),
    monotonicMs: () => nowMs += 1_000,
    nowMs: () => 0,
    sleep: () => Promise.resolve(),
  });
  for (let count = 0; count < 3; count++) filter.keep(lines("x"));
  assert.equal(filter.isExhausted, false);
  filter.keep(lines("x"));
  assert.equal(filter.isExhausted, true);
});
