import assert from "node:assert/strict";
import fc from "fast-check";
import { labelChanges, labelLines, readLabels } from "./label_lines.ts";

Deno.test("labels are read a line each, whatever the blanks", () => {
  assert.deepEqual(readLabels(" env = prod \n\n team=db=1\nempty=\r\n"), {
    labels: { env: "prod", team: "db=1", empty: "" },
    problem: null,
  });
});

Deno.test("what is no label is named with its line", () => {
  const kindOf = (text: string) => {
    const { problem } = readLabels(text);
    return problem && [problem.kind, problem.line];
  };
  assert.deepEqual(kindOf("a=1\nenv"), ["no_value", 2]);
  assert.deepEqual(kindOf("-a=1"), ["bad_key", 1]);
  assert.deepEqual(kindOf("=1"), ["bad_key", 1]);
  assert.deepEqual(kindOf("a=1\n\na=2"), ["twice", 3]);
  assert.deepEqual(kindOf(`a=${"x".repeat(201)}`), ["bad_value", 1]);
  assert.deepEqual(kindOf("a=\u0007x"), ["bad_value", 1]);
  assert.deepEqual(kindOf(Array.from({ length: 65 }, (_, at) => `k${at}=v`).join("\n")), ["too_many", 65]);
});

Deno.test("any labels written as lines are read as the same labels", () => {
  const key = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.\/-]{0,20}[A-Za-z0-9])?$/);
  const value = fc.string({ maxLength: 50 }).filter((text) => text === text.trim() && !/\p{Cc}|\p{Zl}/u.test(text));
  fc.assert(fc.property(fc.dictionary(key, value, { maxKeys: 64 }), (labels) => {
    assert.deepEqual(readLabels(labelLines(labels)), { labels: { ...labels }, problem: null });
  }));
});

Deno.test("reading labels never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => void readLabels(text)));
});

Deno.test("a change says what is added, changed and taken away", () => {
  assert.deepEqual(labelChanges({ a: "1", b: "2", c: "3" }, { a: "1", b: "4", d: "5" }), [
    { key: "b", before: "2", after: "4" },
    { key: "c", before: "3" },
    { key: "d", after: "5" },
  ]);
});
