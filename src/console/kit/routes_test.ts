import assert from "node:assert/strict";
import * as fc from "fast-check";
import { CONSOLE_ROUTES } from "../../protocol/mod.ts";
import { placeOf } from "./routes.ts";

const place = (path: string) => {
  const { page, params } = placeOf({ path, query: new URLSearchParams() });
  return [page, params];
};

Deno.test("an address leads to its page, with the names in it decoded", () => {
  assert.deepEqual(place("/"), ["hosts", {}]);
  assert.deepEqual(place("/hosts/"), ["hosts", {}]);
  assert.deepEqual(place("/hosts/web-1"), ["host", { name: "web-1" }]);
  assert.deepEqual(place("/hosts/a%2Fb%20c/processes"), ["host", { name: "a/b c", tab: "processes" }]);
  assert.deepEqual(place("/hosts/web-1/files"), ["files", { name: "web-1" }]);
  assert.deepEqual(place("/tasks"), ["tasks", {}]);
  assert.deepEqual(place("/tasks/t1"), ["tasks", { id: "t1" }]);
});

Deno.test("what is no address of the console is missing", () => {
  for (
    const path of [
      "/nothing",
      "/hosts//",
      "/hosts/a/b/c",
      "/hosts/%ff",
      "/hosts/%",
      "hosts",
      "",
      "/login/x",
      "/api/v1/me",
    ]
  ) {
    assert.equal(place(path)[0], "missing", path);
  }
});

Deno.test("whatever a host is called, the way to it leads back to its name", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 80, unit: "grapheme" }), (name) => {
    assert.deepEqual(place(`/hosts/${encodeURIComponent(name)}`), ["host", { name }]);
  }));
});

Deno.test("no path makes the router throw, and each page has an address", () => {
  fc.assert(fc.property(fc.string(), (path) => void place(`/${path}`)));
  for (const { path, page } of CONSOLE_ROUTES) {
    assert.equal(place(path.replaceAll(/:\w+\?/g, "x").replaceAll(/:\w+/g, "n"))[0], page, path);
  }
});
