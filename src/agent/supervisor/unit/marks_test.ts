import assert from "node:assert/strict";
import fc from "fast-check";
import { Marks } from "./marks.ts";

const marks = new Marks("key one");

Deno.test("a marker says whose it is, to the agent that made it and to the next one of the same key", () => {
  const run = marks.newRun("shop-0");
  const marker = marks.marker("shop-0", run);
  assert.ok(marker.startsWith(marks.prefix));
  assert.deepEqual(new Marks("key one").parse(marker), { id: "shop-0", run });
  assert.notEqual(marks.newRun("shop-0"), run);
});

Deno.test("a marker of another agent, of another process, or made up, is none", () => {
  const run = marks.newRun("shop");
  assert.equal(new Marks("key two").parse(marks.marker("shop", run)), null);
  assert.equal(marks.parse(marks.marker("db", run)), null);
  assert.equal(marks.parse(`${marks.prefix}db/0123456789abcdef`), null);
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(marks.parse(text), null);
    assert.equal(marks.parse(`${marks.prefix}${text}`), null);
  }));
});
