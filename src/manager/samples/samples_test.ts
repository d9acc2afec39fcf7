import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { FLEET_SERIES, type SampleRow } from "../../protocol/mod.ts";
import { Samples } from "./samples.ts";

const HOUR = 3_600_000;
/** A whole hour, so that slots are easy to name. */
const NOW = Date.UTC(2024, 5, 1, 12);

function setUp(maxBytes?: number) {
  const clock = new FakeClock(NOW);
  return { clock, samples: new Samples({ clock, ...maxBytes !== undefined && { maxBytes } }) };
}

const row = (timeMs: number, ...values: (number | null)[]): SampleRow => ({ timeMs, values });

function cpu(samples: Samples, fromMs: number, toMs: number, stepMs?: number) {
  const range = samples.query("a", { fromMs, toMs, ...stepMs !== undefined && { stepMs } });
  return range.series[0]?.values ?? [];
}

Deno.test("rows are told at their own times and gaps are gaps, in whatever order they came", () => {
  const slots = fc.uniqueArray(fc.integer({ min: 1, max: 359 }), { maxLength: 60 });
  fc.assert(
    fc.property(slots, fc.integer({ min: 0, max: 9_999 }), (filled, offsetMs) => {
      const { samples } = setUp();
      for (const slot of filled) samples.put("a", row(NOW - HOUR + slot * 10_000 + offsetMs, slot, null));
      const values = cpu(samples, NOW - HOUR, NOW + 10_000, 10_000);
      const isFilled = (slot: number) => filled.includes(slot);
      const expected = Array.from({ length: 361 }, (_, slot) => {
        if (isFilled(slot)) return slot;
        return isFilled(slot - 1) && isFilled(slot + 1) ? slot - 1 : null; // one that is late by a moment
      });
      assert.deepEqual(values, expected);
      const second = samples.query("a", { fromMs: NOW - HOUR, toMs: NOW, stepMs: 10_000 }).series[1];
      assert.ok(second?.values.every((value) => value === null));
    }),
    { numRuns: 50 },
  );
});

Deno.test("the day has the mean of each minute, made anew when rows of it come late", () => {
  const { clock, samples } = setUp();
  const minute = NOW - 30 * 60_000;
  for (const [second, value] of [[50, 6], [0, 1], [10, 2], [40, 5]] as const) {
    samples.put("a", row(minute + second * 1_000, value));
  }
  clock.setWall(NOW + 2 * HOUR);
  samples.prune();
  assert.deepEqual(cpu(samples, minute - 60_000, minute + 120_000, 60_000), [null, 3.5, null]);
  assert.deepEqual(cpu(samples, minute, minute + 30_000, 10_000), [3.5, 3.5, 3.5]);
});

Deno.test("a gap among readings is not covered up by the mean of its minute", () => {
  const { samples } = setUp();
  const minute = NOW - 30 * 60_000;
  for (const second of [0, 10, 50]) samples.put("a", row(minute + second * 1_000, 4));
  assert.deepEqual(cpu(samples, minute, minute + 60_000, 10_000), [4, 4, null, null, null, 4]);
});

Deno.test("back-filled rows of hours ago are told although nothing of the last hour is older", () => {
  const { samples } = setUp();
  samples.put("a", row(NOW - 1_000, 9));
  const rows = Array.from({ length: 5 }, (_, at) => row(NOW - 5 * HOUR + at * 60_000, at));
  assert.equal(samples.backfill("a", rows, true), 5);
  assert.deepEqual(cpu(samples, NOW - 5 * HOUR, NOW - 5 * HOUR + 360_000), [0, 1, 2, 3, 4, null]);
});

Deno.test("what is too old, of the future or no number is not kept, and is counted", () => {
  const { samples } = setUp();
  assert.equal(samples.put("a", row(NOW - 25 * HOUR, 1)), false);
  assert.equal(samples.put("a", row(NOW + HOUR, 1)), false);
  assert.equal(samples.put("a", row(NaN, 1)), false);
  assert.equal(samples.report().refusedRows, 3);
  assert.equal(samples.put("a", row(NOW, 1e300, null, Infinity)), true);
  assert.ok([...samples.latest("a")?.values ?? []].every(Number.isNaN));
});

Deno.test("the latest row is that of the newest time, and leaves with the day", () => {
  const { clock, samples } = setUp();
  assert.equal(samples.latest("a"), null);
  samples.put("a", row(NOW, 2));
  samples.put("a", row(NOW - 10_000, 1));
  assert.deepEqual([samples.latest("a")?.timeMs, samples.latest("a")?.values[0]], [NOW, 2]);
  clock.setWall(NOW + 25 * HOUR);
  assert.equal(samples.latest("a"), null);
});

Deno.test("a host is asked for what is missing, however often it connects before all of it has come", () => {
  const { clock, samples } = setUp();
  assert.equal(samples.connected("a", 10_000), null);
  samples.put("a", row(NOW, 1));
  assert.equal(samples.connected("a", 10_000), null, "the past before the first row has not come yet");
  samples.backfill("a", [row(NOW - 60_000, 1)], false);
  assert.equal(samples.connected("a", 10_000), NOW - 60_000);
  samples.backfill("a", [row(NOW - 10_000, 1)], true);
  assert.equal(samples.connected("a", 10_000), NOW);
  clock.setWall(NOW + 10_000);
  samples.put("a", row(NOW + 10_000, 1));
  assert.equal(samples.connected("a", 10_000), NOW + 10_000, "no gap, nothing to ask for");
  clock.setWall(NOW + 600_000);
  samples.put("a", row(NOW + 600_000, 1));
  assert.equal(samples.connected("a", 10_000), NOW + 10_000, "of the gap nothing has come");
});

Deno.test("a faster interval is kept from then on, and what was kept before is still told", () => {
  const { clock, samples } = setUp();
  samples.connected("a", 10_000);
  for (let at = 0; at < 6; at++) samples.put("a", row(NOW + at * 10_000, at));
  clock.setWall(NOW + 60_000);
  samples.setInterval("a", 1_000);
  for (let at = 60; at < 70; at++) samples.put("a", row(NOW + at * 1_000, at));
  assert.deepEqual(cpu(samples, NOW + 50_000, NOW + 65_000, 5_000), [5, 5, 62]);
});

Deno.test("at the limit of memory a host's newest rows push out its oldest, and other hosts keep theirs", () => {
  const { clock, samples } = setUp(4 * 60 * FLEET_SERIES.length * 4);
  samples.put("b", row(NOW, 7));
  for (let at = 0; at < 2 * 24 * 60; at++) {
    clock.setWall(NOW + at * 60_000);
    samples.put("a", row(NOW + at * 60_000, at));
  }
  const report = samples.report();
  assert.ok(
    report.isLowered && report.evictedChunks > 0 && report.usedBytes <= report.maxBytes,
    JSON.stringify(report),
  );
  assert.equal(cpu(samples, clock.nowMs() - 60_000, clock.nowMs() + 60_000).at(-1), 2 * 24 * 60 - 1);
});

Deno.test("a removed host leaves no memory behind", () => {
  const { samples } = setUp();
  for (let host = 0; host < 2_000; host++) samples.put(`h${host}`, row(NOW, 1));
  const held = samples.report().heldBytes;
  for (let host = 0; host < 2_000; host++) samples.remove(`h${host}`);
  const report = samples.report();
  assert.deepEqual([report.hosts, report.usedBytes], [0, 0]);
  assert.ok(report.heldBytes < held / 4, `${report.heldBytes} of ${held}`);
  assert.deepEqual(cpu(samples, NOW - 60_000, NOW + 60_000, 60_000), [null, null]);
});

Deno.test("memory of hosts that are gone for a day is free without anybody asking for them", () => {
  const { clock, samples } = setUp();
  samples.put("a", row(NOW, 1));
  clock.setWall(NOW + 26 * HOUR);
  samples.prune();
  assert.equal(samples.report().usedBytes, 0);
});
