import assert from "node:assert/strict";
import fc from "fast-check";
import { countAfter, valueAfter } from "./keyed_lines.ts";

const TEXT = "oom_kill_disable 0\nunder_oom 1\noom_kill 12\nPss:   34 kB\nName:\tsh d\nlast 5";

Deno.test("a key counts at the start of a line only, and as a whole", () => {
  assert.equal(countAfter(TEXT, "oom_kill "), 12);
  assert.equal(countAfter(TEXT, "oom "), undefined);
  assert.equal(countAfter(TEXT, "oom_kill_disable "), 0);
  assert.equal(countAfter(TEXT, "last "), 5);
});

Deno.test("a number may have a unit, a text may have blanks, and what is none is absent", () => {
  assert.equal(countAfter(TEXT, "Pss:"), 34);
  assert.equal(valueAfter(TEXT, "Name:"), "sh d");
  assert.equal(countAfter(TEXT, "Name:"), undefined);
  assert.equal(valueAfter("", "Name:"), undefined);
  assert.equal(countAfter("17\n", ""), 17);
});

Deno.test("no text makes a number that cannot be", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ maxLength: 3 }), (text, key) => {
    const value = countAfter(text, key);
    assert.ok(value === undefined || (Number.isFinite(value) && value >= 0));
  }));
});
