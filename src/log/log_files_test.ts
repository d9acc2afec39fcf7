import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { isSameFile, statOrNull } from "./log_files.ts";

Deno.test("isSameFile: by inode, and by size where there are no inode numbers", () =>
  inPlainTempDir((dir) => {
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
  }));
