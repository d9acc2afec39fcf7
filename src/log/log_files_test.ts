import assert from "node:assert/strict";
import { join } from "node:path";
import { isSameFile, statOrNull } from "./log_files.ts";

Deno.test("isSameFile: by inode, and by size where there are no inode numbers", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const [a, b] = [join(dir, "a"), join(dir, "b")];
    Deno.writeTextFileSync(a, "text");
    Deno.writeTextFileSync(b, "text");
    const [statA, statB] = [Deno.statSync(a), Deno.statSync(b)];
    assert.equal(isSameFile(statA, statOrNull(a)), true);
    assert.equal(isSameFile(statA, statOrNull(join(dir, "none"))), false);
    if (statA.ino !== null) assert.equal(isSameFile(statA, statB), false);
    const blind = { ino: null, dev: 0 };
    assert.equal(isSameFile({ ...statA, ...blind }, { ...statA, ...blind }), true);
    assert.equal(isSameFile({ ...statA, ...blind }, { ...statA, ...blind, size: 0 }), false);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
