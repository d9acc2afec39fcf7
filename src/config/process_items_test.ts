import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { readProcessItems } from "./process_items.ts";

const plain = (text: string) => JSON.parse(JSON.stringify(readProcessItems(text)));

Deno.test("items are read under processes, as a list, or as a single one, in YAML and in JSON", () => {
  const web = { id: "web", command: ["/usr/bin/web", "-v"] };
  assert.deepEqual(plain("processes:\n  - { id: web, command: [/usr/bin/web, -v] }\n  - id: b\n"), [web, { id: "b" }]);
  assert.deepEqual(plain("- id: a\n- id: b\n"), [{ id: "a" }, { id: "b" }]);
  assert.deepEqual(plain("id: web\ncommand: [/usr/bin/web, -v]\n"), [web]);
  assert.deepEqual(plain(JSON.stringify({ processes: [web] })), [web]);
  assert.deepEqual(plain(JSON.stringify(web)), [web]);
});

Deno.test("what holds no process is refused with its line", () => {
  assert.throws(() => readProcessItems("", "a.yaml"), /Cannot read processes of a\.yaml: there are none in it/);
  assert.throws(() => readProcessItems("processes: []\n"), /none in it/);
  assert.throws(
    () => readProcessItems("- id: a\n- web\n", "a.yaml"),
    /config a\.yaml: line 2: a process must be a map/,
  );
  assert.throws(() => readProcessItems("processes: 5\n"), /line 1: a process must be a mapping.* got 5/);
  assert.throws(() => readProcessItems("id: web\nid: b\n"), /line 2: id is given twice/);
  assert.throws(() => readProcessItems("id: [web\n"), /the bracket \[ opened here is never closed/);
});

Deno.test("whatever the text is, it gives mappings or an AppError", () => {
  const fragments = ["processes:", "- ", "\n", "  ", "id: a", "{", "}", "[", "]", "*x", "&x ", ": ", '"', "<<: "];
  const text = fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 5 })), { maxLength: 12 });
  fc.assert(fc.property(text, (pieces) => {
    try {
      const items = readProcessItems(pieces.join(""));
      assert.ok(items.length > 0 && items.every((item) => typeof item === "object" && item !== null));
    } catch (error) {
      assert.ok(error instanceof AppError, String(error));
    }
  }));
});
