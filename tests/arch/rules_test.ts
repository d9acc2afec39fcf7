/** Proves on samples that each check of rules.ts can fail. */
import assert from "node:assert/strict";
import { forbiddenTexts, moduleCommentProblems, strayEntries, testedFile } from "./rules.ts";

const GOOD_COMMENT = `/**
 * jobs (L3): runs commands on a schedule, one after the other, and keeps what they printed for a while.
 *
 * Lifecycle: one component, which stops the running command. To add one more kind of job: a file with a function that
 * runs it, and its name in the list. May import: core, log.
 *
 * @module
 */
export {};`;

Deno.test("a module comment that says the four things passes", () => {
  assert.deepEqual(moduleCommentProblems(GOOD_COMMENT, "jobs", 3), []);
});

for (
  const [what, text] of [
    ["no comment", "export {};"],
    ["no @module", GOOD_COMMENT.replace("@module", "")],
    ["another name", GOOD_COMMENT.replace("jobs (L3)", "tasks (L3)")],
    ["another layer", GOOD_COMMENT.replace("(L3)", "(L2)")],
    ["no lifecycle", GOOD_COMMENT.replace("Lifecycle", "Life")],
    ["no way to add one more", GOOD_COMMENT.replace("To add one more", "For another")],
    ["no imports", GOOD_COMMENT.replace("May import:", "Imports")],
    ["too few words", "/** jobs (L3): lifecycle. To add one more: do. May import: a. @module */"],
  ] as const
) {
  Deno.test(`a module comment with ${what} fails`, () => {
    assert.equal(moduleCommentProblems(text, "jobs", 3).length, 1);
  });
}

Deno.test("a unit test is about the file that it is named after", () => {
  assert.equal(testedFile("src/core/errors_test.ts"), "src/core/errors.ts");
  assert.equal(testedFile("src/cpu.linux_bench.ts"), "src/cpu.linux.ts");
  assert.equal(testedFile("src/core/errors.ts"), undefined);
});

// Joined here, so that this file does not hold what it forbids.
const join = (...parts: string[]) => parts.join("");
for (
  const text of [
    join("path: /wo", "rk/main"),
    join("see /tm", "p/iss/2.txt"),
    join("https://registry.npm", "js.org/zod"),
    join("https://user:secret", "@example.org"),
    join("-----BEGIN PRIVATE ", "KEY-----"),
    join("// deno-lint-igno", "re house/no-env"),
    join("// deno-lint-ignore-", "file"),
  ]
) {
  Deno.test(`the text ${JSON.stringify(text.slice(0, 12))}… is found`, () => {
    assert.match(forbiddenTexts(`first line\n${text}\n`)[0] ?? "", /^line 2: /);
  });
}

Deno.test("ordinary texts pass", () => {
  for (
    const text of ["~/work/x", "src/work/x", "https://example.org:8443/a@b", "// deno-lint-ignore no-explicit-any"]
  ) {
    assert.deepEqual(forbiddenTexts(text), []);
  }
});

Deno.test("a stray entry at the top is found", () => {
  assert.deepEqual(strayEntries(["main.ts", "src/core/mod.ts", "notes.txt", "old/src/a.ts"]), ["notes.txt", "old"]);
});
