import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bestTime, timeOfLine } from "./line_time.ts";

const NOON = Date.UTC(2026, 0, 31, 12, 0, 0);
const localNoon = new Date(2026, 0, 31, 12, 0, 0).getTime();
const now = { nearMs: NOON + 3_600_000, isExact: false };

Deno.test("times are read in the forms in which programs write them", () => {
  const cases: readonly (readonly [line: string, expected: number | null])[] = [
    ["2026-01-31T12:00:00Z started", NOON],
    ["2026-01-31T12:00:00.123456Z x", NOON + 123],
    ["2026-01-31T14:00:00+02:00 x", NOON],
    ["2026-01-31 12:00:00,5 UTC [1] LOG", NOON + 500],
    ["2026-01-31 07:00:00 -0500 x", NOON],
    ["[2026-01-31T12:00:00Z] x", NOON],
    ['{"time":"2026-01-31T12:00:00Z","level":"info"}', NOON],
    ['{"ts":1769860800.25,"msg":"x"}', NOON + 250],
    ['{"@timestamp": "2026-01-31T12:00:00.000Z"}', NOON],
    ['time="2026-01-31T12:00:00Z" level=info', NOON],
    ["<34>1 2026-01-31T12:00:00Z host app", NOON],
    ["2026-01-31 12:00:00 local", localNoon],
    ["2026/01/31 12:00:00 [error] 12#12: *1 open()", localNoon],
    ["1769860800 up", NOON],
    ["1769860800.5 up", NOON + 500],
    ["1769860800123 up", NOON + 123],
    ["[1769860800123456] up", NOON + 123],
    ["Jan 31 12:00:00 host sshd[1]: x", localNoon],
    ["<13>Jan 31 12:00:00 host x", localNoon],
    ["I0131 12:00:00.250000       1 main.go:1] x", localNoon + 250],
    ["[Sat Jan 31 12:00:00.123456 2026] [core:error] x", localNoon + 123],
    ['192.0.2.1 - - [31/Jan/2026:13:00:00 +0100] "GET / HTTP/1.1" 200 5', NOON],
    ['::1 - ada [31/Jan/2026:12:00:00 +0000] "GET /"', NOON],
    ["1:M 31 Jan 2026 12:00:00.250 * Ready", localNoon + 250],
    ["", null],
    ["    at main (file.js:1)", null],
    ["Exception in thread main", null],
    ["12345 items", null],
    ["[  123.456] usb 1-1: new device", null],
    ["2026-13-31T12:00:00Z", null],
    ["2026-01-31", null],
    ["192.0.2.1 is no time", null],
  ];
  for (const [line, expected] of cases) assert.equal(timeOfLine(line, now), expected, line);
});

Deno.test("a time without a year is of the last year in which it can have been", () => {
  const january = new Date(2026, 0, 2).getTime();
  assert.equal(
    timeOfLine("Dec 31 23:00:00 host x", { nearMs: january, isExact: false }),
    new Date(2025, 11, 31, 23).getTime(),
  );
  assert.equal(
    timeOfLine("Jan  1 00:30:00 host x", { nearMs: january, isExact: false }),
    new Date(2026, 0, 1, 0, 30).getTime(),
  );
});

Deno.test("a time without a zone is that of UTC where it was seen to be written then", () => {
  const line = "2026-01-31 12:00:00 x";
  assert.equal(timeOfLine(line, { nearMs: NOON + 400, isExact: true }), NOON);
  assert.equal(timeOfLine(line, { nearMs: localNoon + 400, isExact: true }), localNoon);
});

Deno.test("a line without a time has that of the line before, or of its writing where that was much later", () => {
  const inherited = () => NOON;
  assert.equal(bestTime({ own: 5, inherited, written: NOON }), 5);
  assert.equal(bestTime({ own: null, inherited, written: undefined }), NOON);
  assert.equal(bestTime({ own: null, inherited, written: NOON + 2_000 }), NOON);
  assert.equal(bestTime({ own: null, inherited, written: NOON + 3_600_000 }), NOON + 3_600_000);
  assert.equal(bestTime({ own: null, inherited: () => null, written: NOON }), NOON);
  assert.equal(bestTime({ own: null, inherited: () => null, written: undefined }), undefined);
});

Deno.test("what was written as a time is read as that time, and nothing makes the reader fail", () => {
  fc.assert(fc.property(fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }), (ms) => {
    assert.equal(timeOfLine(`${new Date(ms).toISOString()} x`, now), ms);
    assert.equal(timeOfLine(`${ms} x`, now), ms);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const ms = timeOfLine(text, now);
    assert.ok(ms === null || Number.isSafeInteger(ms));
  }));
});
