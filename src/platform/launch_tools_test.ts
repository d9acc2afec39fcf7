import assert from "node:assert/strict";
import { linuxMissingTools } from "./launch_tools.linux.ts";
import { missingLaunchTools } from "./mod.ts";

Deno.test("each tool that is not there is told with what it is for and where to get it", () => {
  assert.deepEqual(linuxMissingTools(() => true), []);
  const [setpriv, ...others] = linuxMissingTools((path) => path === "/usr/bin/prlimit");
  assert.match(setpriv ?? "", /user and group.*setpriv.*install util-linux/);
  assert.deepEqual(others.map((message) => /nice/.test(message)), [true]);
});

Deno.test("only Linux uses them", () => {
  assert.equal(missingLaunchTools() === null, Deno.build.os !== "linux");
});
