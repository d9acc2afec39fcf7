import assert from "node:assert/strict";
import { readLabels } from "./labels.ts";

Deno.test("labels are set, replaced and taken away; the others stay", () => {
  const edit = readLabels(["env=prod", "team-", "note=a=b", "empty="]);
  assert.deepEqual(edit({ env: "test", team: "shop", zone: "eu" }), {
    env: "prod",
    zone: "eu",
    note: "a=b",
    empty: "",
  });
  for (const wrong of ["env", "", "-", "=x"]) assert.throws(() => readLabels([wrong]), { code: "invalid_input" });
});
