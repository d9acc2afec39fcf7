import assert from "node:assert/strict";
import { findProgram } from "./program_search.ts";

function place(files: readonly string[], env: Record<string, string> = {}) {
  const known = new Set(files.map((file) => file.toLowerCase()));
  return { cwd: "D:\\work", env, isFile: (path: string) => known.has(path.toLowerCase()) };
}

Deno.test("a name is looked for on PATH, with each ending of PATHEXT, directory by directory", () => {
  const env = { Path: 'C:\\one;"C:\\two two";;C:\\three', PathExt: ".EXE;.CMD" };
  const files = ["C:\\one\\tool", "C:\\two two\\tool.cmd", "C:\\three\\tool.exe", "C:\\three\\node.js"];
  assert.equal(findProgram("tool", place(files.slice(1), env)), "C:\\two two\\tool.CMD");
  assert.equal(findProgram("tool.exe", place(files, env)), "C:\\three\\tool.exe");
  assert.equal(findProgram("tool", place(files.slice(2), env)), "C:\\three\\tool.EXE");
  assert.equal(findProgram("tool", place(["C:\\one\\tool.bat"], { PATH: "C:\\one" })), "C:\\one\\tool.BAT");
});

Deno.test("without a PATH, Windows' own programs are found", () => {
  const files = ["C:\\Windows\\System32\\ping.exe"];
  assert.equal(findProgram("ping", place(files, { SystemRoot: "C:\\Windows" })), "C:\\Windows\\System32\\ping.EXE");
  assert.throws(() => findProgram("ping", place(files, { SystemRoot: "C:\\Windows", PATH: "" })), {
    code: "not_found",
  });
});

Deno.test("a name without a directory is never taken from the working directory", () => {
  const files = ["D:\\work\\evil.exe", "D:\\work\\bin\\evil.exe", "\\tools\\evil.exe"];
  assert.throws(() => findProgram("evil", place(files, { PATH: ".;bin;;D:;\\tools" })), {
    code: "not_found",
    message: /^Cannot start evil: no directory of PATH has it \(0 looked at\); name the program with its full path$/,
  });
});

Deno.test("a path is meant from the working directory, and may leave out its ending", () => {
  const files = ["D:\\work\\bin\\app.exe", "D:\\work\\bin\\run.v2.cmd", "C:\\x\\app", "\\\\host\\share\\app.exe"];
  assert.equal(findProgram(".\\bin\\app", place(files)), "D:\\work\\bin\\app.EXE");
  assert.equal(findProgram("bin/app.exe", place(files)), "D:\\work\\bin\\app.exe");
  assert.equal(findProgram("bin\\run.v2", place(files)), "D:\\work\\bin\\run.v2.CMD");
  assert.equal(findProgram("C:\\x\\app", place(files)), "C:\\x\\app");
  assert.equal(findProgram("\\\\host\\share\\app", place(files)), "\\\\host\\share\\app.EXE");
});

Deno.test("what is nowhere is said to be where it should have been", () => {
  const missing = (message: RegExp) => ({ name: "AppError", code: "not_found", message });
  assert.throws(
    () => findProgram("bin\\x", place([])),
    missing(/^Cannot start bin\\x: there is no file D:\\work\\bin\\x;/),
  );
  assert.throws(() => findProgram("", place(["D:\\work\\.exe"])), missing(/^Cannot start "": /));
});
