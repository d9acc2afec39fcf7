import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { identityOf, isSameFile, lstatOrNull } from "./file_identity.ts";

Deno.test("a file is the same by its number, and by when it was made where that is known of both", () => {
  assert.ok(isSameFile("1:500", "1:500"));
  assert.ok(isSameFile("1:0", "1:500"));
  assert.ok(!isSameFile("1:500", "1:501"));
  assert.ok(!isSameFile("1:500", "2:500"));
  for (const none of ["", "gone"]) assert.ok(!isSameFile(none, none));
});

Deno.test("a file stays the same while it is written", () =>
  inPlainTempDir(async (dir) => {
    const path = join(dir, "log");
    const identities: string[] = [];
    for (let count = 0; count < 5; count++) {
      Deno.writeTextFileSync(path, "x", { append: true });
      const info = lstatOrNull(path);
      assert.ok(info !== null);
      identities.push(identityOf(info));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    for (const identity of identities) assert.ok(isSameFile(identity, identities[0] ?? ""));
    assert.equal(lstatOrNull(join(dir, "none")), null);
    assert.equal(lstatOrNull(join(path, "none")), null);
  }));
