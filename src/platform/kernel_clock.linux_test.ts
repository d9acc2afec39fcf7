import assert from "node:assert/strict";
import { describeClock } from "./kernel_clock.linux.ts";
import { kernelClock } from "./mod.ts";
import type { Timex } from "./linux/libc.ts";

const IS_LINUX = Deno.build.os === "linux";

const TIMEX: Timex = {
  state: 0,
  offset: -250_000,
  frequency: 65_536 * 20,
  maxError: 16_000_000,
  estimatedError: 1_500,
  status: 0x2001,
  constant: 7,
  tick: 10_000,
  ppsFrequency: 0,
  ppsJitter: 1_000_000,
  ppsShift: 4,
  ppsStability: 0,
  ppsJitterExceeded: 3,
  ppsCalibrations: 0,
  ppsErrors: 0,
  ppsStabilityExceeded: 0,
  tai: 37,
};

Deno.test("a clock in nanoseconds becomes seconds and ratios", () => {
  const clock = describeClock(TIMEX);
  assert.equal(clock.synchronised, true);
  assert.equal(clock.offsetSeconds, -0.00025);
  assert.equal(clock.values.frequency_adjustment_ratio, 1.00002);
  assert.equal(clock.values.maxerror_seconds, 16);
  assert.equal(clock.values.estimated_error_seconds, 0.0015);
  assert.equal(clock.values.pps_jitter_seconds, 0.001);
  assert.equal(clock.values.tick_seconds, 0.01);
  assert.equal(clock.values.tai_offset_seconds, 37);
});

Deno.test("a clock in microseconds is read in microseconds", () => {
  const clock = describeClock({ ...TIMEX, status: 1 });
  assert.equal(clock.offsetSeconds, -0.25);
  assert.equal(clock.values.pps_jitter_seconds, 1);
});

Deno.test("an offset that the kernel cannot have is absent, and an unsynchronised clock says so", () => {
  const clock = describeClock({ ...TIMEX, state: 5, offset: 4_294_967_296 });
  assert.equal(clock.offsetSeconds, undefined);
  assert.equal(clock.synchronised, false);
});

Deno.test({
  name: "the kernel of this host tells of its clock",
  ignore: !IS_LINUX,
  fn() {
    const clock = kernelClock();
    assert.ok(clock !== null);
    // A tick is 10 ms in the unit of this call on every Linux; NTP moves it by a tenth at most.
    assert.ok(Math.abs((clock.values.tick_seconds ?? 0) - 0.01) <= 0.001);
    assert.ok((clock.values.maxerror_seconds ?? -1) >= 0);
  },
});
