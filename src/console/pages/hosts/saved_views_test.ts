import assert from "node:assert/strict";
import { removeView, savedViews, saveView } from "./saved_views.ts";

Deno.test("a view takes the place of one of the same name, and can be removed", () => {
  for (const { name } of savedViews().peek()) removeView(name);
  saveView({ name: "bad", query: "state=bad" });
  saveView({ name: "dev", query: "select=env%3Ddev" });
  saveView({ name: "bad", query: "state=bad%2Coffline" });
  assert.deepEqual(savedViews().value.map(({ name, query }) => [name, query]), [
    ["dev", "select=env%3Ddev"],
    ["bad", "state=bad%2Coffline"],
  ]);
  removeView("dev");
  removeView("bad");
  assert.deepEqual(savedViews().value, []);
});
