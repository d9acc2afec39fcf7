import assert from "node:assert/strict";
import fc from "fast-check";
import { changedValues, KNOWN_KEYS, knownKey, readValue, shownValue, textOfValue } from "./value_text.ts";

Deno.test("the default of every known key can be typed as it is shown", () => {
  assert.ok(KNOWN_KEYS.length > 30);
  for (const { key, kind, default: value } of KNOWN_KEYS) {
    if (value === null) continue;
    assert.deepEqual(readValue(kind, textOfValue(kind, value)), { value }, key);
  }
  assert.equal(knownKey("collectors.interval")?.kind, "duration");
  assert.equal(knownKey("nothing"), null);
});

Deno.test("a text becomes a value of its key's kind, or says what is wrong", () => {
  assert.deepEqual(readValue("duration", " 1m30s "), { value: "1m30s" });
  assert.deepEqual(readValue("duration", "soon"), { problem: "no_duration" });
  assert.deepEqual(readValue("size", "4MiB"), { value: "4MiB" });
  assert.deepEqual(readValue("size", "4 apples"), { problem: "no_size" });
  assert.deepEqual(readValue("switch", "off"), { value: false });
  assert.deepEqual(readValue("switch", "maybe"), { problem: "no_switch" });
  assert.deepEqual(readValue("number", "10"), { value: 10 });
  assert.deepEqual(readValue("number", ""), { problem: "empty" });
  assert.deepEqual(readValue("list", "eth0, en*\n lo,"), { value: ["eth0", "en*", "lo"] });
  assert.deepEqual(readValue("list", " "), { value: [] });
  assert.deepEqual(readValue(null, "[1, 2]"), { value: [1, 2] });
  assert.deepEqual(readValue(null, "5s"), { value: "5s" });
});

Deno.test("any value of an unknown key comes back from its text", () => {
  const value = fc.jsonValue().filter((json) =>
    json !== null && textOfValue(null, json).trim() === textOfValue(null, json)
  );
  fc.assert(fc.property(value, (json) => {
    const text = textOfValue(null, json);
    if (text.trim() === "") return;
    assert.deepEqual(readValue(null, text), { value: JSON.parse(JSON.stringify(json)) });
    shownValue(json);
  }));
});

Deno.test("what was changed is told, and null for what was taken out", () => {
  assert.deepEqual(changedValues({ a: 1, b: [1], c: 2 }, { a: 1, b: [2], d: 3 }), { b: [2], d: 3, c: null });
  const values = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(fc.property(values, (same) => assert.deepEqual(changedValues(same, same), {})));
});
