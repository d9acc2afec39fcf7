import assert from "node:assert/strict";
import { valueOf } from "./settings.ts";

Deno.test("the value of a setting is what a config file would take it for", () => {
  const cases = [["30s", "30s"], ["on", "on"], ["5", 5], ["-1.5", -1.5], ["true", true], ["[a]", "[a]"]] as const;
  for (const [text, value] of cases) assert.deepEqual(valueOf(text), value);
  assert.deepEqual(valueOf('["/", "/data"]'), ["/", "/data"]);
  assert.equal(valueOf("null"), "null");
});
