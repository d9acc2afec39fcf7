import assert from "node:assert/strict";
import fc from "fast-check";
import { safeFileName } from "./download.ts";

Deno.test("a host's name makes a name for a file, and nothing else", () => {
  assert.equal(safeFileName("web-1-stdout.txt"), "web-1-stdout.txt");
  assert.equal(safeFileName("../../etc/passwd"), "etc-passwd");
  assert.equal(safeFileName(".."), "download");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    assert.match(safeFileName(name), /^[A-Za-z0-9_][\w.-]{0,99}$/);
  }));
});
