import assert from "node:assert/strict";
import { ByteSize, Duration } from "../../../core/mod.ts";
import { verdictOf } from "./output.ts";

Deno.test("a command that could not even be killed is said to be there still", () => {
  const options = {
    name: "shop",
    format: "json",
    interval: new Duration(1),
    timeout: new Duration(5_000),
    max_output: new ByteSize(8),
    work_dir: "",
    command: ["x"],
  } as const;
  const run = { killedFor: "timeout", status: null, stdout: new Uint8Array(), stderr: new Uint8Array() } as const;
  assert.equal(verdictOf(run, { ...options, command: ["x"] }).reason, "timed out after 5s, and could not be killed");
});
