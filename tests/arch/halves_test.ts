/** What is written for one system, and is left out of the executables of the others. */
import assert from "node:assert/strict";
import { systemOf } from "../../scripts/bundle.ts";
import { moduleGraph, repositoryFiles } from "./repository.ts";

Deno.test("names tell which system a module is for", () => {
  const named = [
    "src/a/cpu.windows.ts",
    "src/a/windows_metrics.ts",
    "src/platform/windows/sddl.ts",
    "./darwin/mach.ts",
  ];
  assert.deepEqual(named.map(systemOf), ["windows", "windows", "windows", "darwin"]);
  const shared = ["src/a/cpu.ts", "src/a/lock.posix.ts", "tests/windows_host/x.md", "src/a/windowsill.ts"];
  assert.deepEqual(shared.map(systemOf), [undefined, undefined, undefined, undefined]);
});

Deno.test("no half of one system takes anything from another system's", async () => {
  const files = (await repositoryFiles()).filter((path) => /^src\/.*(?<!_test)\.ts$/.test(path));
  const problems: string[] = [];
  for (const [path, { imports }] of await moduleGraph(files)) {
    const system = systemOf(path);
    if (system === undefined || !files.includes(path)) continue;
    const foreign = imports.filter((target) => (systemOf(target) ?? system) !== system);
    problems.push(...foreign.map((target) => `${path} imports ${target}: what both need has neither's name`));
  }
  assert.deepEqual(problems, []);
});
