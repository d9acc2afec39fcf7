import assert from "node:assert/strict";
import { join } from "node:path";
import * as fc from "fast-check";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { filesMatching, nameMatches } from "./path_pattern.ts";

Deno.test("a star stands for any text within a name", () => {
  assert.ok(nameMatches("*.log", "app.log"));
  assert.ok(nameMatches("app-*-*.log", "app-1-2.log"));
  assert.ok(!nameMatches("app-*-*.log", "app-1.log"));
  assert.ok(nameMatches("*", "x"));
  assert.ok(!nameMatches("*", ".hidden"));
  assert.ok(!nameMatches("aa*a", "aa"));
  assert.ok(!nameMatches("app.log", "app.logs"));
});

Deno.test("names match as they do by the regular expression of the same meaning", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  fc.assert(fc.property(text, text, (pattern, raw) => {
    const name = raw.replaceAll("*", "b");
    const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
    assert.equal(nameMatches(pattern, name), expected);
  }));
});

Deno.test("a pattern may have stars at every level, and means regular files only", async () => {
  await inPlainTempDir((dir) => {
    for (const sub of ["a/logs", "b/logs", "b/other"]) Deno.mkdirSync(join(dir, sub), { recursive: true });
    for (const path of ["a/logs/1.log", "b/logs/2.log", "b/other/3.log", "b/logs/x.txt"]) {
      Deno.writeTextFileSync(join(dir, path), "");
    }
    Deno.mkdirSync(join(dir, "a/logs/dir.log"));
    assert.deepEqual(filesMatching(join(dir, "*", "logs", "*.log")), [
      join(dir, "a/logs/1.log"),
      join(dir, "b/logs/2.log"),
    ]);
    assert.deepEqual(filesMatching(join(dir, "b/other/3.log")), [join(dir, "b/other/3.log")]);
    assert.deepEqual(filesMatching(join(dir, "nowhere", "*.log")), []);
  });
});
