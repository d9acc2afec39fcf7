import assert from "node:assert/strict";
import { shortReason } from "./compile.ts";
import { executableName, isTarget, TARGETS } from "./executable.ts";
import { sizesByPackage } from "./bundle.ts";
import { table } from "./support.ts";

Deno.test("the reason of a failed compile is its most telling line", () => {
  const stderr = `Download https://example.org/runtime.zip
error: Writing deno compile executable to temporary file 'agent.tmp'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (https://example.org/runtime.zip): dns error
    2: dns error

Stack backtrace:
   0: <unknown and a very long line that says nothing about the reason of the failure at all>`;
  assert.equal(shortReason(stderr), "error sending request for url (https://example.org/runtime.zip): dns error");
  assert.equal(shortReason("error: Unknown flag\n\nusage: much\n"), "error: Unknown flag");
  assert.equal(shortReason(""), "it printed nothing");
  assert.equal(shortReason(`error: ${"x".repeat(500)}`).length, 240);
});

Deno.test("executables are named by version and target", () => {
  assert.match(executableName("x86_64-pc-windows-msvc"), /^agent-\d+\.\d+\.\d+-x86_64-pc-windows-msvc\.exe$/);
  for (const target of TARGETS) assert.ok(isTarget(target));
  assert.ok(!isTarget("z80"));
});

Deno.test("sizes are summed by package, the program's own files apart", () => {
  const inputs = {
    "src/core/mod.ts": { bytesInOutput: 5 },
    "main.ts": { bytesInOutput: 1 },
    "node_modules/.deno/zod@4.0.0/node_modules/zod/mini/index.js": { bytesInOutput: 20 },
    "node_modules/.deno/@a+b@1.0.0/node_modules/@a/b/index.js": { bytesInOutput: 10 },
  };
  const output = { bytes: 36, inputs, imports: [], exports: [] };
  assert.deepEqual(sizesByPackage({ inputs: {}, outputs: { "main.js": output } }), [
    { name: "zod", bytes: 20, files: 1 },
    { name: "@a/b", bytes: 10, files: 1 },
    { name: "(this program)", bytes: 6, files: 2 },
  ]);
});

Deno.test("a table lines up its columns", () => {
  assert.equal(table([["a", "size"], ["long", "1"]]), "a     size\nlong     1");
});
