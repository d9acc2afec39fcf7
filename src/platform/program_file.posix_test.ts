import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInterpreter } from "./program_file.posix.ts";

Deno.test("a script's first line names its interpreter", () => {
  assert.equal(parseInterpreter("#!/bin/sh\necho"), "/bin/sh");
  assert.equal(parseInterpreter("#! \t/usr/bin/env node\n"), "/usr/bin/env");
  assert.equal(parseInterpreter("#!/bin/x"), "/bin/x");
  for (const text of ["", "#!", "#!\n/bin/sh", " #!/bin/sh", "\x7fELF"]) assert.equal(parseInterpreter(text), null);
  fc.assert(fc.property(fc.string(), (text) => {
    const interpreter = parseInterpreter(text);
    assert.ok(interpreter === null || (interpreter !== "" && !/[\s\0]/.test(interpreter.replace(/[^ \t\n\0]/g, ""))));
  }));
});
