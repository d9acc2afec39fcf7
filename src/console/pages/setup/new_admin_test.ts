import assert from "node:assert/strict";
import { missingOf } from "./new_admin.ts";

Deno.test("what can be sent has nothing missing, and each mistake is said beside its field", () => {
  const good = { name: "ada", password: "correct horse", again: "correct horse" };
  assert.deepEqual(missingOf(good), {});
  assert.deepEqual(Object.keys(missingOf({ ...good, name: "Ada" })), ["name"]);
  assert.deepEqual(Object.keys(missingOf({ ...good, again: "" })), ["again"]);
  assert.deepEqual(Object.keys(missingOf({ name: "", password: "short", again: "x" })), ["name", "password", "again"]);
});
