import assert from "node:assert/strict";
import { loginRates } from "./fleet_logins.ts";

Deno.test("the busiest second is found wherever it begins", () => {
  const logins = new Map([[0, 1], [5, 4], [14, 6], [15, 2], [30, 1]]);
  assert.deepEqual(loginRates(logins), { count: 14, peakPerSecond: 10, meanPerSecond: 14 / 3.1 });
});

Deno.test("logins that were told out of order count the same", () => {
  const slots: [number, number][] = [[3, 1], [1, 2], [2, 3]];
  assert.equal(loginRates(new Map(slots)).peakPerSecond, 6);
});

Deno.test("without any login the rates are zero", () => {
  assert.deepEqual(loginRates(new Map()), { count: 0, peakPerSecond: 0, meanPerSecond: 0 });
});
