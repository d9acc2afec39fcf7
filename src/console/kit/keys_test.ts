import assert from "node:assert/strict";
import { addShortcuts, nameOf, shortcuts } from "./keys.ts";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

Deno.test("keys have one name on all keyboards", () => {
  assert.equal(nameOf({ ...NONE, key: "k", ctrlKey: true }), "mod+k");
  assert.equal(nameOf({ ...NONE, key: "K", metaKey: true }), "mod+k");
  assert.equal(nameOf({ ...NONE, key: "?", shiftKey: true }), "?");
  assert.equal(nameOf({ ...NONE, key: "Enter", shiftKey: true }), "shift+Enter");
});

Deno.test("shortcuts go with who has added them", () => {
  const before = shortcuts.value.length;
  const remove = addShortcuts({ keys: "x", run: () => {} }, { keys: "g x", run: () => {} });
  assert.equal(shortcuts.value.length, before + 2);
  remove();
  assert.equal(shortcuts.value.length, before);
});
