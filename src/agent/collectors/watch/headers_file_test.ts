import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { parseHeaders, readHeaders } from "./headers_file.ts";

Deno.test("headers are read by lines", () => {
  const text = "# for the shop\r\nAuthorization: Bearer a:b\r\n\r\nX-Empty:\n  Accept : text/plain  \n";
  assert.deepEqual(parseHeaders(text), [["Authorization", "Bearer a:b"], ["X-Empty", ""], ["Accept", "text/plain"]]);
});

Deno.test("a mistake is named by its line, and what is on the line is not shown", () => {
  for (const line of ["secret", ": secret", "Bad Name: secret", "A: sec\u0001ret"]) {
    assert.throws(() => parseHeaders(`A: b\n${line}\n`), { message: 'headers_file: line 2 is not "Name: value"' });
  }
  assert.throws(() => parseHeaders("content-length: 5"), /line 1 is a header that the check sets itself/);
});

Deno.test("a file that cannot be read says so, without its path", () =>
  inPlainTempDir(async (dir) => {
    assert.deepEqual(await readHeaders(""), []);
    await assert.rejects(readHeaders(join(dir, "none")), { message: "headers_file does not exist" });
    await assert.rejects(readHeaders(dir), { message: "headers_file is no file" });
    await Deno.writeTextFile(join(dir, "large"), "#".repeat(70_000));
    await assert.rejects(readHeaders(join(dir, "large")), { message: "headers_file is too large" });
  }));

Deno.test("property: no header that was read can begin another line", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      for (const part of parseHeaders(text).flat()) assert.doesNotMatch(part, /[\r\n]/);
    } catch (error) {
      assert.equal((error as Error).name, "CheckFailure");
    }
  }));
});
