import assert from "node:assert/strict";
import fc from "fast-check";
import { isContinuation, type Level, levelOf, LEVELS } from "./level.ts";

const ROWS: readonly (readonly [line: string, expected: Level | null])[] = [
  ["2026-03-02T10:00:00Z ERROR cannot connect", "error"],
  ["2026-03-02 10:00:00,123 [main] WARN  c.e.App - slow", "warn"],
  ["[2026-03-02 10:00:00] app.INFO: started", "info"],
  ["2026/03/02 10:00:00 [error] 12#0: *1 open() failed", "error"],
  ["[debug] x", "debug"],
  ["DEBUG:root:hello", "debug"],
  ["error: no such file", "error"],
  ["Warning: deprecated", "warn"],
  ["sshd[12]: error: no", null],
  ['{"time":"x","level":"warn","msg":"an error"}', "warn"],
  ['{"level":50,"time":1,"msg":"boom"}', "error"],
  ['{"level":30,"msg":"fine"}', "info"],
  ['{"severity":"CRITICAL"}', "error"],
  ['{"msg":"error in text only"}', null],
  ['time="2026" level=fatal msg="x"', "error"],
  ["ts=1 lvl=dbug msg=x", "debug"],
  ["E0312 10:22:33.123456   1 main.go:1] failed", "error"],
  ["W0312 10:22:33.123456   1 main.go:1] slow", "warn"],
  ["<3>disk failure", "error"],
  ["<14>ordinary", "info"],
  ["panic: runtime error: index out of range", "error"],
  ["Traceback (most recent call last):", "error"],
  ["java.lang.NullPointerException: x", "error"],
  ['10.0.0.1 - - "GET /error HTTP/1.1" 200', null],
  ["no level, an informal warning about errors", null],
  ["TERRORS are no errors", null],
  ["", null],
];

for (const [line, expected] of ROWS) {
  Deno.test(`the level of: ${line || "an empty line"}`, () => assert.equal(levelOf(line), expected));
}

Deno.test("what follows on a stack belongs to the line before", () => {
  assert.ok(isContinuation("    at main (x.js:1)"));
  assert.ok(isContinuation("\tat com.example.A"));
  assert.ok(isContinuation("Caused by: java.io.IOException"));
  assert.ok(!isContinuation("GET /"));
});

Deno.test("any text has a level or none", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (line) => {
    const level = levelOf(line);
    assert.ok(level === null || LEVELS.includes(level));
  }));
});
