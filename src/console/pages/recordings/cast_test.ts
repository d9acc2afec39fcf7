import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cast, CAST_LIMITS, type CastLimits, CastReader } from "./cast.ts";
import { clockText, dueBy, scheduleOf, stepsBetween } from "./playback.ts";

const HEADER = '{"version":2,"width":100,"height":30,"timestamp":1700000000,"title":"web-1"}';

function read(text: string, sizes: readonly number[] = [], limits: CastLimits = CAST_LIMITS): Cast {
  const reader = new CastReader(limits);
  let at = 0;
  for (const size of sizes) {
    reader.take(text.slice(at, at + size));
    at += size;
  }
  reader.take(text.slice(at));
  return reader.end();
}
const lines = (...events: unknown[]) => [HEADER, ...events.map((event) => JSON.stringify(event))].join("\n") + "\n";
const written = (cast: Cast) =>
  [...stepsBetween(scheduleOf(cast, 1_000), 0, Infinity, 7)].map((step) => "text" in step ? step.text : "").join("");

Deno.test("a recording is read: what it is, output, sizes and marks", () => {
  const { header, events, badLines } = read(
    lines([0, "o", "a"], [0.5, "r", "80x24"], [1.25, "m", "gap"], [2, "i", "no"]),
  );
  assert.deepEqual(header, { cols: 100, rows: 30, title: "web-1", startedMs: 1_700_000_000_000 });
  assert.deepEqual(events, [
    { kind: "output", timeMs: 0, text: "a" },
    { kind: "resize", timeMs: 500, cols: 80, rows: 24 },
    { kind: "marker", timeMs: 1_250, text: "gap" },
  ]);
  assert.equal(badLines, 1);
});

Deno.test("one that lost its end, or holds nonsense, gives what can be read", () => {
  const text = lines([1, "o", "a"], { x: 1 }, [-1, "o", "b"], [1, "r", "0x9"], [0.5, "o", "c"], [2, "o"]);
  const { events, badLines } = read(`${text}[3,"o","cut of`);
  assert.deepEqual(events.map(({ timeMs }) => timeMs), [1_000, 1_000], "time does not run backwards");
  assert.equal(badLines, 5);
  assert.deepEqual(read("").events, []);
  assert.deepEqual(read(lines([0, "o", "a"]).trimEnd()).events.length, 1);
});

Deno.test("what is too long is cut, and says so", () => {
  const text = lines([0, "o", "x".repeat(10)], [1, "o", "y".repeat(10)], [2, "o", "z"]);
  const cut = read(text, [], { maxCharacters: 15, maxEvents: 100 });
  assert.deepEqual([cut.events.length, cut.isCut], [2, true]);
  assert.deepEqual(read(text, [], { maxCharacters: 100, maxEvents: 1 }).events.length, 1);
  assert.ok(read(`${HEADER}\n[0,"o","${"x".repeat(500)}`, [], { maxCharacters: 100, maxEvents: 9 }).isCut);
});

Deno.test("in whatever parts a recording comes, its output is the same, and is played whole", () => {
  const output = fc.array(fc.tuple(fc.nat(100), fc.string({ unit: "grapheme" })), { maxLength: 20 });
  fc.assert(fc.property(output, fc.array(fc.integer({ min: 1, max: 30 })), (outputs, sizes) => {
    const text = lines(...outputs.map(([seconds, each]) => [seconds, "o", each]));
    const cast = read(text, sizes);
    assert.deepEqual(cast, read(text));
    assert.equal(written(cast), outputs.map(([, each]) => each).join(""));
  }));
});

Deno.test("no text breaks the reader", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void read(`${HEADER}\n${text}`)));
  fc.assert(fc.property(fc.array(fc.jsonValue()), (values) => void written(read(lines(...values)))));
});

Deno.test("silences are played no longer than was asked for, and everything is due by the end", () => {
  const cast = read(lines([0, "o", "a"], [10, "o", "b"], [10.5, "o", "c"], [100, "o", "d"]));
  const schedule = scheduleOf(cast, 2_000);
  assert.deepEqual(schedule.events.map(({ atMs }) => atMs), [0, 2_000, 2_500, 4_500]);
  assert.deepEqual([schedule.durationMs, schedule.savedMs], [4_500, 95_500]);
  assert.equal(scheduleOf(cast, Infinity).durationMs, 100_000);
  assert.deepEqual([-1, 0, 1_999, 2_000, 9_999].map((atMs) => dueBy(schedule, atMs)), [0, 1, 1, 2, 4]);
});

Deno.test("texts are written together up to a length, and a size between them", () => {
  const cast = read(lines([0, "o", "abc"], [0, "o", "def"], [0, "r", "10x5"], [1, "m", "x"], [1, "o", "0123456789"]));
  assert.deepEqual([...stepsBetween(scheduleOf(cast, 1), 0, 9, 6)], [
    { text: "abcdef" },
    { cols: 10, rows: 5 },
    { text: "012345" },
    { text: "6789" },
  ]);
  assert.deepEqual([...stepsBetween(scheduleOf(cast, 1), 1, 2, 6)], [{ text: "def" }]);
});

Deno.test("times are shown as clocks show them", () => {
  assert.deepEqual([0, 61_000, 3_723_999, -5].map(clockText), ["0:00", "1:01", "1:02:03", "0:00"]);
});
