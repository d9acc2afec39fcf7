import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../core/mod.ts";
import { canonicalJson } from "./canonical_json.ts";
import { safeDetails } from "./details.ts";

Deno.test("what is secret by its name, its type or its looks is not in the details, at any depth", () => {
  const token = "fht_" + "a".repeat(43);
  const details = safeDetails({
    name: "web-1",
    password: "horse",
    nested: [{ joinToken: "battery" }, { headers: { authorization: "Bearer staple" } }],
    secret: { deep: "correct" },
    made: new Secret("hidden"),
    command: ["curl", "-H", `x: ${token}`],
  });
  const text = JSON.stringify(details);
  for (const word of ["horse", "battery", "staple", "correct", "hidden", token]) assert.ok(!text.includes(word), word);
  assert.equal(details.name, "web-1");
  assert.deepEqual(details.command, ["curl", "-H", "x: [redacted]"]);
});

Deno.test("details are bounded, whatever is given", () => {
  const huge = { text: "x".repeat(1_000_000), list: Array(100_000).fill("y"), ["k".repeat(100_000)]: 1 };
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, "z".repeat(100)]));
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  for (const details of [huge, many, cyclic, { huge, many, cyclic }]) {
    assert.ok(JSON.stringify(safeDetails(details)).length <= 8 * 1024);
  }
});

Deno.test("details come back from a database that keeps JSON exactly as they were hashed", () => {
  const anything = fc.dictionary(fc.string({ unit: "binary" }), fc.anything({ withBigInt: true, withDate: true }));
  fc.assert(fc.property(anything, (given) => {
    const details = safeDetails(given);
    assert.equal(canonicalJson(JSON.parse(JSON.stringify(details))), canonicalJson(details));
    assert.ok(canonicalJson(details).isWellFormed());
  }));
});

Deno.test("half a character is made whole, since a database would change it", () => {
  assert.deepEqual(safeDetails({ text: "a\ud800b" }), { text: "a\ufffdb" });
});
