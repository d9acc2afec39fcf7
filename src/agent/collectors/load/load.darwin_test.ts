import assert from "node:assert/strict";
import { darwinLoad } from "./load.darwin.ts";

Deno.test("load averages are those of the runtime, without counts of threads", async () => {
  const { sample } = await darwinLoad({}, {}, () => [1.5, 2.25, 3]).collect(new AbortController().signal);
  assert.deepEqual(sample, { load1: 1.5, load5: 2.25, load15: 3 });
});
