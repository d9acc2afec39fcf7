import assert from "node:assert/strict";
import fc from "fast-check";
import { stagingName } from "./staging_name.ts";

const ID = "0123456789abcdef0123456789abcdef";

Deno.test("the name of a growing file is hidden, tells whose it is, and is no longer than names may be", () => {
  assert.equal(stagingName("app.tar.gz", ID), `.app.tar.gz.farhand-${ID}.part`);
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (name) => {
    const staging = stagingName(name, ID);
    assert.ok(new TextEncoder().encode(staging).length <= 255);
    assert.ok(staging.isWellFormed() && staging.startsWith(".") && staging.endsWith(`.farhand-${ID}.part`));
  }));
});
