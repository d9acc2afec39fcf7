import assert from "node:assert/strict";
import { isWithin, rootOf } from "./roots.ts";

const root = (path: string, isWritable = true) => ({
  path,
  parts: path.split("/").filter((part) => part !== ""),
  isWritable,
});

Deno.test("the innermost root decides", () => {
  const roots = [root("/srv"), root("/"), root("/srv/www/static", false), root("/srv/www")];
  const of = (path: string) => rootOf(roots, path.split("/").filter((part) => part !== ""), false)?.path;
  assert.deepEqual(["/etc/x", "/srv", "/srv/wwwx", "/srv/www/x", "/srv/www/static"].map(of), [
    "/",
    "/srv",
    "/srv",
    "/srv/www",
    "/srv/www/static",
  ]);
  assert.equal(rootOf([root("/srv")], ["srv2"], false), null);
});

Deno.test("where the case of letters says nothing, it decides nothing", () => {
  assert.equal(isWithin(["C:", "Logs", "x"], ["c:", "logs"], true), true);
  assert.equal(isWithin(["C:", "Logs", "x"], ["c:", "logs"], false), false);
});
