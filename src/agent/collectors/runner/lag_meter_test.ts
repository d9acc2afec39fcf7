import assert from "node:assert/strict";
import { LagMeter } from "./lag_meter.ts";

Deno.test("the last and the worst lateness since they were taken, and nothing where none was noted", () => {
  const lag = new LagMeter();
  assert.equal(lag.take(), null);
  lag.note(30);
  lag.note(5);
  assert.deepEqual(lag.take(), { lastSeconds: 0.005, maxSeconds: 0.03 });
  assert.equal(lag.take(), null);
  lag.note(-2);
  assert.deepEqual(lag.take(), { lastSeconds: 0, maxSeconds: 0 });
});
