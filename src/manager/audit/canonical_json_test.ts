import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "./canonical_json.ts";

Deno.test("canonical JSON sorts keys at every depth and has no spaces", () => {
  assert.equal(canonicalJson({ b: [1, { z: null, a: "x" }], a: true }), '{"a":true,"b":[1,{"a":"x","z":null}]}');
});

Deno.test("an absent property and an undefined one are the same", () => {
  assert.equal(canonicalJson({ a: 1, b: undefined }), canonicalJson({ a: 1 }));
});

Deno.test("canonical JSON is JSON of the same value, whatever that is", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = canonicalJson(value);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    assert.equal(canonicalJson(JSON.parse(text)), text);
  }));
});

Deno.test("the order of keys makes no difference", () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([key]) => key });
  fc.assert(fc.property(entries, (members) => {
    const [one, other] = [Object.fromEntries(members), Object.fromEntries(members.toReversed())];
    assert.equal(canonicalJson(one), canonicalJson(other));
  }));
});

Deno.test("different values have different texts", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
    assert.equal(canonicalJson(a) === canonicalJson(b), same);
  }));
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return ["list", ...value.map(sorted)];
  if (typeof value !== "object" || value === null) return value;
  return ["map", ...Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)])];
}
