import assert from "node:assert/strict";
import { modeText, octalText, parseOctal } from "./file_mode.ts";

Deno.test("modes are written as ls writes them", () => {
  assert.equal(modeText(0o755), "rwxr-xr-x");
  assert.equal(modeText(0o100644), "rw-r--r--");
  assert.equal(modeText(0o4755), "rwsr-xr-x");
  assert.equal(modeText(0o2644), "rw-r-Sr--");
  assert.equal(modeText(0o1777), "rwxrwxrwt");
  assert.equal(octalText(0o100644), "0644");
  assert.equal(octalText(0o4755), "4755");
  assert.deepEqual([parseOctal("755"), parseOctal("0644"), parseOctal("8"), parseOctal("rwx")], [
    0o755,
    0o644,
    null,
    null,
  ]);
});
