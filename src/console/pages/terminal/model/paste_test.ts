import assert from "node:assert/strict";
import fc from "fast-check";
import { mustBeAsked, pasted } from "./paste.ts";

Deno.test("pasted text cannot end its bracket, nor hold any other control", () => {
  const paste = pasted("ls\x1b[201~; rm -rf /\r\nnext\ttab\u0003\u009b");
  assert.equal(paste.text, "ls[201~; rm -rf /\rnext\ttab");
  assert.deepEqual([paste.lines, paste.isCleaned], [2, true]);
});

Deno.test("several lines are asked about where they would run at once", () => {
  assert.equal(mustBeAsked(pasted("one line"), false), false);
  assert.equal(mustBeAsked(pasted("one line\n"), false), true);
  assert.equal(mustBeAsked(pasted("two\nlines"), false), true);
  assert.equal(mustBeAsked(pasted("two\nlines"), true), false);
  assert.equal(mustBeAsked(pasted("hidden\x1b[201~"), true), true);
});

Deno.test("whatever is pasted, no control but tab and return is left", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (raw) => {
    // deno-lint-ignore no-control-regex -- that is what is looked for
    assert.doesNotMatch(pasted(raw).text, /[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]/);
  }));
});
