import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { sinceOption } from "./since.ts";

const NOW = new Date(2026, 2, 1, 14, 5, 9);
const since = (text: string) => sinceOption(text, NOW.getTime());
const local = (...parts: [number, number, number, number, number, number?]) => new Date(...parts).toISOString();

Deno.test("a span is handed on as it is, a time in the form that every agent reads", () => {
  assert.equal(since("15m"), "15m");
  assert.equal(since(" 1h30m "), "1h30m");
  assert.equal(since("2026-02-28"), local(2026, 1, 28, 0, 0));
  assert.equal(since("2026-02-28 9:30"), local(2026, 1, 28, 9, 30));
  assert.equal(since("2026-02-28T09:30:01"), local(2026, 1, 28, 9, 30, 1));
  assert.equal(since("2026-02-28T09:30:01.5Z"), "2026-02-28T09:30:01.500Z");
  assert.equal(since("2026-02-28T09:30+01:00"), "2026-02-28T08:30:00.000Z");
});

Deno.test("a time of day is the latest one of that name", () => {
  assert.equal(since("14:05"), local(2026, 2, 1, 14, 5));
  assert.equal(since("14:06"), local(2026, 1, 28, 14, 6));
  assert.equal(since("9:00"), local(2026, 2, 1, 9, 0));
});

Deno.test("what is neither is explained", () => {
  for (const text of ["", "soon", "15", "25:00", "14:05Z", "2026-02-28Z", "2026-13-01", "Z", "1:2", "2026-02-28T"]) {
    if (text === "2026-02-28T") assert.equal(since(text), local(2026, 1, 28, 0, 0));
    else assert.throws(() => since(text), /--since takes a duration such as 15m, or a time such as 14:05/, text);
  }
});

Deno.test("whatever is given, it is words that an agent reads or a mistake that is explained", () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ+. -]{0,20}$/));
  fc.assert(fc.property(text, (text) => {
    try {
      assert.match(since(text), /^(?:[\d.]+[a-z]+)+$|^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "invalid_input", String(error));
    }
  }));
});
