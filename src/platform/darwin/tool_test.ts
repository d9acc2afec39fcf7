import assert from "node:assert/strict";
import { AppError } from "../../core/mod.ts";
import { toolOutput } from "./tool.ts";

/** The tools of these tests are on Linux as on macOS. */
const ignore = Deno.build.os === "windows";
const never = () => new AbortController().signal;

Deno.test({ name: "a tool runs in the C locale, without our environment", ignore }, async () => {
  const lines = (await toolOutput("/usr/bin/env", [], never())).trim().split("\n");
  const names = lines.map((line) => line.split("=")[0]).filter((name) => !name?.startsWith("__"));
  assert.deepEqual(names.toSorted(), ["LC_ALL", "PATH"]);
  assert.ok(lines.includes("LC_ALL=C"));
});

Deno.test({ name: "a tool that fails, or is not there, is named", ignore }, async () => {
  const failed = toolOutput("/bin/ls", ["/no/such/file"], never());
  await assert.rejects(failed, /^AppError: \/bin\/ls ended with exit code \d+$/);
  await assert.rejects(toolOutput("/no/such/tool", [], never()), (error) => {
    assert.ok(error instanceof AppError && error.code === "unavailable");
    return error.message.startsWith("Cannot run /no/such/tool: ");
  });
});

Deno.test({ name: "the signal ends a tool that does not end by itself", ignore }, async () => {
  const controller = new AbortController();
  const waiting = toolOutput("/bin/sleep", ["1000"], controller.signal);
  controller.abort(new AppError("timeout", "no answer within 3 s"));
  await assert.rejects(waiting, /no answer within 3 s/);
});
