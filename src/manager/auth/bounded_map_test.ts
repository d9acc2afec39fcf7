import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedMap } from "./bounded_map.ts";

Deno.test("what was not used for longest is forgotten first", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  assert.equal(map.get("a"), 1);
  map.set("c", 3);
  assert.deepEqual([map.get("a"), map.get("b"), map.get("c")], [1, undefined, 3]);
});

Deno.test("it never holds more than it may, and always the latest", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(8)), (max, keys) => {
    const map = new BoundedMap<number, number>(max);
    for (const [at, key] of keys.entries()) {
      map.set(key, at);
      assert.ok(map.size <= max);
      assert.equal(map.get(key), at);
    }
  }));
});
