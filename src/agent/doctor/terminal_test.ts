import assert from "node:assert/strict";
import { AppError } from "../../core/mod.ts";
import { terminalFinding } from "./terminal.ts";

Deno.test("a host that has terminals is fine, one that cannot have them says so, one that could is told how", () => {
  assert.equal(terminalFinding(null).state, "ok");
  assert.deepEqual(terminalFinding(new AppError("unsupported", "Cannot open a terminal: no")), {
    name: "terminal",
    state: "unsupported",
    detail: "Cannot open a terminal: no",
  });
  const { state, detail, fix } = terminalFinding(
    new AppError("unavailable", "Cannot open a terminal: there is no /dev/ptmx on this host; mount devpts at /dev/pts"),
  );
  assert.deepEqual([state, /devpts/.test(detail), typeof fix], ["warning", true, "string"]);
});

Deno.test({ name: "Linux has terminals", ignore: Deno.build.os !== "linux" }, () => {
  assert.equal(terminalFinding().state, "ok");
});
