import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { durationOf, sinceOf, timeOf, wholeNumberOf } from "./query_values.ts";

const NOW = Date.UTC(2026, 0, 2);

Deno.test("a time is milliseconds since 1970 or a date", () => {
  assert.equal(timeOf("from", "1767312000000"), NOW);
  assert.equal(timeOf("from", "2026-01-02T00:00:00Z"), NOW);
  assert.equal(timeOf("from", "2026-01-02"), NOW);
});

Deno.test("since may be a duration before now too", () => {
  assert.equal(sinceOf("since", "1h30m", NOW), NOW - 5_400_000);
  assert.equal(sinceOf("since", "2026-01-01T00:00:00Z", NOW), NOW - 86_400_000);
});

Deno.test("what the runtime alone would take for a time is none", () => {
  for (const text of ["item 5", "yesterday", "2026-13-01", "1 Jan", "-5", "1e3", "", "9".repeat(40)]) {
    assert.throws(() => timeOf("from", text), { code: "invalid_input", message: /^from must be milliseconds/ }, text);
    assert.throws(() => sinceOf("since", text, NOW), { code: "invalid_input", message: /^since must be a time/ }, text);
  }
  assert.throws(() => durationOf("step", "0"), { code: "invalid_input" });
});

Deno.test("a whole number keeps within its limits", () => {
  assert.equal(wholeNumberOf("limit", "10", { min: 1, max: 10 }), 10);
  for (const text of ["0", "11", "", "1.5", "-1", "1e1", "ten", " 5"]) {
    assert.throws(() => wholeNumberOf("limit", text, { min: 1, max: 10 }), {
      code: "invalid_input",
      message: `limit must be a whole number from 1 to 10, got "${text}"`,
    });
  }
});

Deno.test("any text gives a number or an error that names the parameter", () => {
  const readers = [
    (text: string) => timeOf("x", text),
    (text: string) => sinceOf("x", text, NOW),
    (text: string) => durationOf("x", text),
    (text: string) => wholeNumberOf("x", text, { min: 0, max: 99 }),
  ];
  fc.assert(fc.property(fc.constantFrom(...readers), fc.string({ unit: "binary" }), (read, text) => {
    try {
      assert.ok(Number.isSafeInteger(read(text)));
    } catch (error) {
      assert.ok(error instanceof AppError && error.message.startsWith("x must be"));
    }
  }));
});
