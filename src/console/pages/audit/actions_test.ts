import assert from "node:assert/strict";
import fc from "fast-check";
import { detailLines } from "./actions.ts";

Deno.test("details are one line each, nested ones with dots", () => {
  assert.deepEqual(
    detailLines({ role: "admin", operation: { action: "host.exec", details: { argv: ["id", "-u"] } } }),
    [
      ["role", "admin"],
      ["operation.action", "host.exec"],
      ["operation.details.argv", "id -u"],
    ],
  );
  assert.deepEqual(detailLines({ a: {}, b: null, c: [{ d: 1 }] }), [["a", "{}"], ["b", "null"], ["c", '[{"d":1}]']]);
});

Deno.test("whatever an entry holds, its lines are bounded", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 8 })), (details) => {
    for (const [key, value] of detailLines(details)) assert.ok(typeof key === "string" && typeof value === "string");
  }));
  assert.equal(detailLines(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at]))).length, 200);
});
