import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ago, bytes, bytesPerSecond, clockTime, dateTime, duration, number, percent, rough } from "./format.ts";
import { setDictionary } from "./i18n/i18n.ts";
import { en } from "./i18n/en.ts";
import { zh } from "./i18n/zh.ts";

function inEnglish(): void {
  setDictionary(en, "en");
}

Deno.test("sizes are in steps of a thousand, with a digit where it tells something", () => {
  inEnglish();
  assert.deepEqual([0, 999, 1_000, 1_500, 999_949, 123_456_789, 2.5e12].map(bytes), [
    "0 B",
    "999 B",
    "1 kB",
    "1.5 kB",
    "1 MB",
    "123 MB",
    "2.5 TB",
  ]);
  assert.equal(bytesPerSecond(12_345), "12.3 kB/s");
});

Deno.test("what is not there is a dash", () => {
  inEnglish();
  for (const format of [bytes, bytesPerSecond, percent, duration, clockTime, dateTime, (v?: number) => number(v)]) {
    assert.deepEqual([format(undefined), format(NaN)], ["–", "–"]);
  }
  assert.deepEqual([dateTime(1e300), ago(undefined, 0)], ["–", "–"]);
});

Deno.test("percentages and spans", () => {
  inEnglish();
  assert.deepEqual([0, 7.34, 42.4, 100].map(percent), ["0 %", "7.3 %", "42 %", "100 %"]);
  assert.deepEqual([0, 2.14, 80, 12_000, 60_000, 61_000, 3_600_000, 93_784_000].map(duration), [
    ...["0 ms", "2.1 ms", "80 ms", "12 s", "1 min", "1 min 1 s", "1 h", "1 d 2 h"],
  ]);
  assert.deepEqual([rough(59_999), rough(3_599_999), rough(2 * 86_400_000)], ["59 s", "59 min", "2 d"]);
});

Deno.test("how long ago, and how soon", () => {
  inEnglish();
  assert.deepEqual([ago(0, 500), ago(0, 200_000), ago(90_000, 0)], ["now", "3 min ago", "in 1 min"]);
  setDictionary(zh, "zh");
  assert.equal(ago(0, 200_000), "3 分钟前");
  inEnglish();
});

Deno.test("no number makes a format throw or long", () => {
  inEnglish();
  fc.assert(fc.property(fc.double(), (value) => {
    for (const format of [bytes, bytesPerSecond, percent, duration, clockTime, dateTime]) {
      assert.ok(format(value).length < 500, `${value}`);
    }
  }));
});
