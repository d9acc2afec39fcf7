import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { Pattern } from "../../../core/mod.ts";
import { LineFilter } from "./line_filter.ts";

const lines = (...texts: string[]) => texts.map((text) => ({ text }));

Deno.test("lines that match are kept, however often the same pattern is asked", () => {
  const filter = new LineFilter(new Pattern("er+or", { isRegex: true, ignoreCase: true }), new FakeClock());
  for (let count = 0; count < 3; count++) {
    assert.deepEqual(filter.keep(lines("an ERROR", "fine", "error")), lines("an ERROR", "error"));
  }
  assert.deepEqual(new LineFilter(undefined, new FakeClock()).keep(lines("any")), lines("any"));
});

Deno.test("a line that takes too long is given up in its middle", () => {
  let nowMs = 0;
  const clock = { ...new FakeClock(), monotonicMs: () => nowMs += 400, nowMs: () => 0, sleep: () => Promise.resolve() };
  const filter = new LineFilter(new Pattern("(a|b)*a(a|b){600}c|$", { isRegex: true, ignoreCase: false }), clock);
  let seed = 7;
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) & 65_536 ? "a" : "b";
  assert.deepEqual(filter.keep(lines(Array.from({ length: 20_000 }, next).join(""), "x")), []);
  assert.equal(filter.isExhausted, true);
});

Deno.test("what takes too long altogether is given up", () => {
  let nowMs = 0;
  const filter = new LineFilter(new Pattern("x", { isRegex: false, ignoreCase: false }), {
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
