import assert from "node:assert/strict";
import { boundText, prometheusNumber } from "./numbers.ts";

Deno.test("numbers are read as Prometheus reads them, and nothing else is", () => {
  const good = { "1": 1, "-1.5": -1.5, "+.5": 0.5, "1.": 1, "1e3": 1000, "NaN": NaN, "nan": NaN, "+Inf": Infinity };
  for (const [token, value] of Object.entries(good)) assert.ok(Object.is(prometheusNumber(token), value), token);
  assert.equal(prometheusNumber("-infinity"), -Infinity);
  for (const token of ["", "+", ".", "1_0", "0x10", "1e", "1e999", "toString", "--1", "1 "]) {
    assert.equal(prometheusNumber(token), undefined, token);
  }
});

Deno.test("bounds are spelled as Go spells them", () => {
  const spelled = [0, 1, 0.5, 100000, 1e6, 1234567, 1.5e21, 0.0001, 0.00001, -2.5e-7, Infinity, -Infinity].map(
    boundText,
  );
  assert.deepEqual(spelled, [
    "0",
    "1",
    "0.5",
    "100000",
    "1e+06",
    "1.234567e+06",
    "1.5e+21",
    "0.0001",
    "1e-05",
    "-2.5e-07",
    "+Inf",
    "-Inf",
  ]);
});
