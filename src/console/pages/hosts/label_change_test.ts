import assert from "node:assert/strict";
import { changedLabels, isSameLabels } from "./label_change.ts";

Deno.test("some are set, some taken away, the rest stays", () => {
  const before = { env: "prod", team: "web", old: "1" };
  assert.deepEqual(changedLabels(before, { env: "dev", new: "2" }, ["old", "none"]), {
    env: "dev",
    team: "web",
    new: "2",
  });
  assert.deepEqual(changedLabels(before, { old: "2" }, ["old"]), { ...before, old: "2" });
});

Deno.test("labels are the same in any order", () => {
  assert.equal(isSameLabels({ a: "1", b: "2" }, { b: "2", a: "1" }), true);
  assert.equal(isSameLabels({ a: "1" }, { a: "1", b: "2" }), false);
  assert.equal(isSameLabels({ a: "1" }, { b: "1" }), false);
});
