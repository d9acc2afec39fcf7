import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonFormat, textFormat } from "./formats.ts";
import { type PlainFields, plainFields } from "./plain.ts";
import type { LogRecord } from "./record.ts";

const text = textFormat({ colour: false });
const TIME = new Date(2024, 0, 2, 12, 34, 56, 789);

const record = (fields: PlainFields = {}, rest: Partial<LogRecord> = {}): LogRecord => ({
  tsMs: TIME.getTime(),
  level: "info",
  component: "control",
  msg: "listening",
  ...rest,
  fields,
});

Deno.test("jsonFormat: time in UTC with milliseconds, level, component, message, then the fields", () => {
  const line = jsonFormat({
    tsMs: Date.UTC(2024, 0, 2, 3, 4, 5, 6),
    level: "warn",
    component: "c",
    msg: "m",
    fields: { a: 1 },
  });
  assert.equal(line, '{"ts":"2024-01-02T03:04:05.006Z","level":"warn","component":"c","msg":"m","a":1}\n');
});

Deno.test("jsonFormat: no field can take the place of the record's own keys", () => {
  const line = JSON.parse(jsonFormat(record({ ts: 1, level: "fatal", msg: "forged", component: 7 })));
  assert.deepEqual([line.ts, line.level, line.msg, line.component], [
    TIME.toISOString(),
    "info",
    "listening",
    "control",
  ]);
  assert.deepEqual([line.ts_, line.level_, line.msg_, line.component_], [1, "fatal", "forged", 7]);
});

Deno.test("textFormat: is laid out for people", () => {
  assert.equal(text(record({ path: "/run/x" })), "12:34:56.789 INFO  control  listening  path=/run/x\n");
  const { component: _, ...without } = record({}, { level: "error", msg: "stopped early" });
  assert.equal(text(without), "12:34:56.789 ERROR stopped early\n");
});

Deno.test("textFormat: quotes what would be ambiguous and flattens what is nested", () => {
  const line = text(
    record({ a: "two words", b: "x=1", c: "", d: [1, "e f"], f: { g: { h: true } }, i: null, "k\n": '"' }),
  );
  assert.ok(line.endsWith(`  a="two words" b="x=1" c="" d=[1,"e f"] f.g.h=true i=null k\\u000a="\\""\n`), line);
});

Deno.test("textFormat: an error reads as its message, its stack stands below", () => {
  const lines = text(
    record({ error: { message: "Cannot", code: "conflict", stack: "Error: Cannot\n    at x.ts:1\x1b[2J" } }),
  );
  assert.ok(lines.endsWith("  error=Cannot error.code=conflict\n    Error: Cannot\n    at x.ts:1\\u001b[2J\n"), lines);
});

Deno.test("textFormat: colours only when told so", () => {
  assert.ok(!text(record({ a: 1 })).includes("\x1b"));
  assert.ok(textFormat({ colour: true })(record({ a: 1 })).includes("\x1b[32mINFO \x1b[0m"));
});

/** Text with everything in it that a terminal or a line-based reader could fall for. */
const hostile = fc.string({
  unit: fc.constantFrom(
    "a",
    " ",
    "\n",
    "\r",
    "\t",
    "\0",
    "\x1b",
    "[2J",
    "\x7f",
    "\x9b",
    "\u2028",
    "\u202e",
    "\u2066",
    '"',
    "\\",
    "ä",
    "😀",
  ),
});

Deno.test("formats: hostile text neither breaks a line nor reaches the terminal raw", () => {
  const fields = fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile), fc.dictionary(hostile, hostile)));
  fc.assert(fc.property(hostile, hostile, fields, (msg, component, given) => {
    const fields = plainFields(given, { limitBytes: 40_000, stacks: false });
    const json = jsonFormat(record(fields, { msg, component }));
    const parsed = JSON.parse(json);
    assert.deepEqual([parsed.msg, parsed.component], [msg, component], "escaping loses nothing");
    for (const line of [json, text(record(fields, { msg, component }))]) {
      const body = line.slice(0, -1);
      assert.ok(line.endsWith("\n"));
      assert.doesNotMatch(body, /[\p{Cc}\p{Bidi_C}\u2028\u2029]/u);
    }
  }));
});
