import assert from "node:assert/strict";
import { AppError, ERRORS, EXIT_CODES, messageOf, toAppError } from "./errors.ts";

Deno.test("errors: a number stands for one code, in the form that the families prescribe", () => {
  const numbers = Object.values(ERRORS).map((meaning) => meaning.number);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const number of numbers) assert.ok(number >= 10_000 && number < 60_000, `${number}`);
});

Deno.test("errors: statuses are errors, and every exit code is explained and not success", () => {
  const explained = new Set(EXIT_CODES.map(([code]) => code));
  assert.equal(explained.size, EXIT_CODES.length);
  for (const [code, meaning] of Object.entries(ERRORS)) {
    assert.ok(meaning.http >= 400 && meaning.http < 600, code);
    assert.ok(meaning.exit > 0 && explained.has(meaning.exit), code);
  }
});

Deno.test("AppError: carries what it was given and looks up its meaning", () => {
  const cause = new Error("ECONNREFUSED");
  const error = new AppError("unavailable", "Cannot reach it", { retryable: true, details: { port: 1 }, cause });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.name, error.code, error.retryable, error.cause], ["AppError", "unavailable", true, cause]);
  assert.deepEqual(error.details, { port: 1 });
  assert.equal(error.meaning.http, 503);
});

Deno.test("AppError: is not retryable, has no details and no cause unless told", () => {
  const error = new AppError("internal", "Cannot");
  assert.deepEqual([error.retryable, error.details, "cause" in error], [false, undefined, false]);
});

Deno.test("toAppError: leaves an AppError alone and keeps anything else as the cause", () => {
  const known = new AppError("conflict", "Cannot");
  assert.equal(toAppError(known), known);
  const foreign = new TypeError("x is not a function");
  const made = toAppError(foreign);
  assert.deepEqual([made.code, made.message, made.cause], ["internal", "x is not a function", foreign]);
});

Deno.test("messageOf: has words for anything that can be thrown", () => {
  const hostile = {
    toString() {
      throw new Error("no");
    },
  };
  const thrown = ["text", "", 7, null, undefined, Symbol("s"), new Error("why"), new RangeError(""), hostile];
  assert.deepEqual([...thrown, Object.create(null)].map(messageOf), [
    "text",
    "an empty value was thrown",
    "7",
    "null",
    "undefined",
    "Symbol(s)",
    "why",
    "RangeError",
    "an object without a message was thrown",
    "an object without a message was thrown",
  ]);
});
