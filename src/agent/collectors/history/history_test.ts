import assert from "node:assert/strict";
import fc from "fast-check";
import { History, lineName } from "./history.ts";
import type { Track } from "./track.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);
const MANY = 64 * 1024 * 1024;

function historyOf(maxBytes = MANY): History {
  return new History(maxBytes, (name) => name === "disk.used_bytes" ? { unit: "bytes", instance: "mount" } : undefined);
}

/** Gives one point each `stepMs` from START on. */
function fill(track: Track, series: string, stepMs: number, values: readonly number[], instance?: string): void {
  for (const [index, value] of values.entries()) {
    track.begin(START + index * stepMs);
    track.point(series, value, instance);
  }
}

const all = () => true;

Deno.test("the last hour is there at the interval, gaps as null", () => {
  const history = historyOf();
  const track = history.track("cpu", 10_000);
  fill(track, "cpu.usage_percent", 10_000, [1, 2, 3]);
  track.begin(START + 50_000);
  track.point("cpu.usage_percent", 6);
  const nowMs = START + 60_000;
  const { stepMs, timesMs, series } = history.query(
    { fromMs: START, toMs: nowMs, stepMs: undefined, wants: all },
    nowMs,
  );
  assert.equal(stepMs, 10_000);
  assert.deepEqual(timesMs.map((timeMs) => timeMs - START), [0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  assert.deepEqual(series, [{
    name: "cpu.usage_percent",
    mean: [1, 2, 3, null, null, 6],
    min: [1, 2, 3, null, null, 6],
    max: [1, 2, 3, null, null, 6],
  }]);
});

Deno.test("a larger step gives mean, least and greatest of what falls into it", () => {
  const history = historyOf();
  fill(history.track("cpu", 10_000), "a", 10_000, [1, 5, 3, 10, 20, 30]);
  const nowMs = START + MINUTE;
  const { series } = history.query({ fromMs: START, toMs: nowMs, stepMs: 30_000, wants: all }, nowMs);
  assert.deepEqual(series, [{ name: "a", mean: [3, 20], min: [1, 10], max: [5, 30] }]);
});

Deno.test("a day is there by the minute, with mean, least and greatest, up to the minute under way", () => {
  const history = historyOf();
  const track = history.track("cpu", 20_000);
  fill(track, "a", 20_000, Array.from({ length: 25 * 180 }, (_, index) => index));
  const nowMs = START + 25 * HOUR;
  const past = history.query({ fromMs: nowMs - 24 * HOUR, toMs: nowMs, stepMs: MINUTE, wants: all }, nowMs);
  const [line] = past.series;
  assert.equal(line?.mean.length, 1440);
  assert.deepEqual([line?.min[0], line?.mean[0], line?.max[0]], [180, 181, 182]);
  assert.deepEqual([line?.min[1439], line?.mean[1439], line?.max[1439]], [4497, 4498, 4499]);
  assert.ok(line?.mean.every((value) => value !== null));
});

Deno.test("what is older than a day is forgotten", () => {
  const history = historyOf();
  fill(history.track("cpu", MINUTE), "a", MINUTE, Array.from({ length: 30 * 60 }, (_, index) => index));
  const nowMs = START + 30 * HOUR;
  const { series } = history.query({ fromMs: START, toMs: nowMs, stepMs: HOUR, wants: all }, nowMs);
  assert.deepEqual(series[0]?.mean.map((value) => value !== null), [
    ...new Array(5).fill(false),
    ...new Array(25).fill(true),
  ]);
});

Deno.test("the memory is bounded whatever comes, one collector takes half of it, and what is refused is counted", () => {
  const maxBytes = 1024 * 1024;
  const history = historyOf(maxBytes);
  const greedy = history.track("disk", MINUTE);
  greedy.begin(START);
  for (let i = 0; i < 5_000; i++) greedy.point("disk.used_bytes", i, `/mnt/${i}`);
  assert.ok(history.usage().bytes <= maxBytes / 2);
  assert.equal(history.usage().refused, 5_000 - greedy.series);
  const modest = history.track("cpu", MINUTE);
  modest.begin(START);
  modest.point("cpu.usage_percent", 1);
  assert.equal(modest.refused, 0);
  assert.ok(history.usage().bytes <= maxBytes);
});

Deno.test("a line that has not been heard of for long gives its place to a new one when the memory is full", () => {
  const history = historyOf(1024 * 1024);
  const track = history.track("network", MINUTE);
  track.begin(START);
  for (let i = 0; i < 100; i++) track.point("rx", i, `veth${i}`);
  const room = track.series;
  const laterMs = START + 20 * MINUTE;
  track.begin(laterMs);
  for (let i = 0; i < room; i++) track.point("rx", 1_000 + i, `new${i}`);
  assert.equal(track.refused, 0);
  const nowMs = laterMs + 1;
  const { series } = history.query({ fromMs: START, toMs: nowMs, stepMs: MINUTE, wants: all }, nowMs);
  assert.equal(series.length, room);
  const first = series.find(({ name }) => name === 'rx{instance="new0"}');
  assert.deepEqual(first?.mean.filter((value) => value !== null), [1_000], "nothing of the line before it is left");
});

Deno.test("readings more often than each second leave one point a second", () => {
  const history = historyOf();
  const track = history.track("cpu", 100);
  fill(track, "a", 100, Array.from({ length: 100 }, (_, index) => index));
  const nowMs = START + 10_000;
  const { series } = history.query({ fromMs: START, toMs: nowMs, stepMs: 1_000, wants: all }, nowMs);
  assert.equal(series[0]?.mean.length, 10);
  assert.ok(series[0]?.mean.every((value) => value !== null));
});

Deno.test("a clock that is set back loses nothing and confuses nothing", () => {
  const history = historyOf();
  const track = history.track("cpu", 10_000);
  fill(track, "a", 10_000, [1, 2, 3]);
  track.begin(START - HOUR / 2);
  track.point("a", 9);
  const query = { fromMs: START - HOUR / 2, toMs: START + MINUTE, stepMs: 10_000, wants: all };
  const { series } = history.query(query, START - HOUR / 2);
  const known = series[0]?.mean.flatMap((value, index) => value === null ? [] : [[index, value]]);
  assert.deepEqual(known, [[0, 9], [180, 1], [181, 2], [182, 3]]);
});

Deno.test("lines are told apart by what the series says its instances are", () => {
  assert.equal(lineName("disk.used_bytes", "mount", '/a "b"'), 'disk.used_bytes{mount="/a \\"b\\""}');
  assert.equal(lineName("cpu.usage_percent", undefined, undefined), "cpu.usage_percent");
  const history = historyOf();
  fill(history.track("disk", MINUTE), "disk.used_bytes", MINUTE, [1], "/");
  const query = { fromMs: START, toMs: START + 1, stepMs: 1, wants: (name: string) => name === "disk.used_bytes" };
  assert.deepEqual(history.query(query, START).series.map(({ name, unit }) => [name, unit]), [
    ['disk.used_bytes{mount="/"}', "bytes"],
  ]);
});

Deno.test("an answer that would be too large is refused, with what to do", () => {
  const history = historyOf();
  const query = { fromMs: START - 24 * HOUR, toMs: START, stepMs: 1_000, wants: all };
  assert.throws(() => history.query(query, START), { code: "invalid_input", message: /larger step/ });
  assert.throws(() => history.query({ ...query, fromMs: START }, START), { code: "invalid_input" });
});

Deno.test("a collector whose interval stays keeps its past, one with another begins anew, one that is gone is forgotten", () => {
  const history = historyOf();
  fill(history.track("cpu", MINUTE), "a", MINUTE, [1]);
  assert.equal(history.track("cpu", MINUTE).series, 1);
  assert.equal(history.track("cpu", 2 * MINUTE).series, 0);
  history.keepOnly(["load"], MANY);
  assert.equal(history.usage().bytes, 0);
});

Deno.test("whatever is put in, what comes out lies between the least and the greatest of it", () => {
  const point = fc.record({ afterMs: fc.integer({ min: -5_000, max: 200_000 }), value: fc.integer() });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 600 }), (points, s) => {
      const history = historyOf();
      const track = history.track("x", 10_000);
      let nowMs = START;
      for (const { afterMs, value } of points) {
        track.begin(nowMs += afterMs);
        track.point("a", value);
      }
      const query = { fromMs: nowMs - 12 * HOUR, toMs: nowMs + HOUR, stepMs: Math.max(10, s) * 1_000, wants: all };
      const values = points.map(({ value }) => Math.fround(value));
      const [least, greatest] = [Math.min(...values), Math.max(...values)];
      const slack = Math.max(1, Math.abs(least), Math.abs(greatest)) * 1e-6;
      for (const { mean, min, max } of history.query(query, nowMs).series) {
        for (const value of [...mean, ...min, ...max]) {
          assert.ok(value === null || (value >= least - slack && value <= greatest + slack));
        }
      }
    }),
    { numRuns: 50 },
  );
});
