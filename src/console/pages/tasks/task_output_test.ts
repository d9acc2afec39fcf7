import assert from "node:assert/strict";
import fc from "fast-check";
import { outputOf } from "./task_output.ts";

const result = (output: string, truncated = false) => ({
  outcome: "done" as const,
  message: "ok",
  output,
  truncated,
  endedMs: 1,
});
const report = (more: object = {}) => ({
  code: 3,
  timedOut: false,
  stdout: "out\n",
  stderr: "err",
  truncated: false,
  durationMs: 5,
  ...more,
});

Deno.test("the answer of a command is taken apart", () => {
  const shown = { kind: "command", timedOut: false, stdout: "out\n", stderr: "err", isCut: false };
  assert.deepEqual(outputOf(result(JSON.stringify(report()))), { ...shown, code: 3 });
  const killed = JSON.stringify(report({ code: undefined, signal: "SIGKILL", timedOut: true, truncated: true }));
  assert.deepEqual(outputOf(result(killed)), { ...shown, signal: "SIGKILL", timedOut: true, isCut: true });
});

Deno.test("any other answer is shown as it is, JSON with its lines", () => {
  assert.deepEqual(outputOf(undefined), { kind: "none" });
  assert.deepEqual(outputOf(result("")), { kind: "none" });
  assert.deepEqual(outputOf(result('{"a":1}')), { kind: "text", text: '{\n  "a": 1\n}', isCut: false });
  assert.deepEqual(outputOf(result("<html>", true)), { kind: "text", text: "<html>", isCut: true });
  assert.deepEqual(outputOf(result('{"a":1,"b', true)), { kind: "text", text: '{"a":1,"b', isCut: true });
});

Deno.test("of an answer that was cut anywhere, all that is there is shown", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  fc.assert(fc.property(text, text, fc.double({ min: 0, max: 1, noNaN: true }), (stdout, stderr, part) => {
    const whole = JSON.stringify(report({ stdout, stderr }));
    const begin = whole.indexOf('"stdout":"') + '"stdout":"'.length;
    const cut = whole.slice(0, begin + Math.floor((whole.length - begin - 1) * part));
    const shown = outputOf(result(cut, true));
    assert.ok(shown.kind === "command" && shown.isCut);
    assert.equal(shown.code, 3);
    assert.ok(stdout.startsWith(shown.stdout), shown.stdout);
    assert.ok(shown.stdout.length >= Math.min(stdout.length, cut.length - begin - 12) / 6);
    assert.ok(stderr.startsWith(shown.stderr));
    if (shown.stderr !== "") assert.equal(shown.stdout, stdout);
  }));
});

Deno.test("no text breaks it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.boolean(), (output, truncated) => {
    outputOf(result(output, truncated));
    outputOf(result(`{"stdout":"${output}`, truncated));
  }));
});
