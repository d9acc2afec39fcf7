import assert from "node:assert/strict";
import fc from "fast-check";
import { entriesOf, isKey, newEntry, readDraft } from "./rule_draft.ts";
import { KNOWN_KEYS } from "./value_text.ts";

Deno.test("a rule that is edited and left as it was is the same rule", () => {
  const values = {
    "collectors.interval": "30s",
    "collectors.cpu.enabled": false,
    "own.key": [1, "a"],
    "hosts.flap_limit": 3,
  };
  const rule = { id: "r", select: "", values, updatedMs: 1, updatedBy: "root" };
  assert.deepEqual(readDraft(entriesOf(rule)), { values });
});

Deno.test("a key that is added begins with a value that can be read, or an empty one", () => {
  for (const { key, default: value } of KNOWN_KEYS) {
    const entry = newEntry(key);
    if (value !== null) assert.deepEqual(readDraft([entry]), { values: { [key]: value } });
  }
  assert.deepEqual(readDraft([newEntry("a.b")]), { problems: new Map([["a.b", "value_empty"]]) });
});

Deno.test("what is wrong is told key by key", () => {
  const entries = [{ key: "collectors.interval", text: "often" }, { key: "hosts.flap_limit", text: "3" }];
  assert.deepEqual(readDraft(entries), { problems: new Map([["collectors.interval", "value_no_duration"]]) });
});

Deno.test("keys are words joined by dots", () => {
  for (const good of ["a", "a.b", "collectors.cpu.interval", "x-1.y_2"]) assert.ok(isKey(good), good);
  for (const bad of ["", ".", "a.", ".a", "a..b", "a b", "ä", `${"a".repeat(60)}.`.repeat(4)]) {
    assert.ok(!isKey(bad), bad);
  }
  fc.assert(fc.property(fc.string(), (text) => void isKey(text)));
});
