import assert from "node:assert/strict";
import { describeSeries } from "../../src/agent/collectors/registry.ts";
import { SERIES } from "../../src/cli/top/series.ts";

Deno.test("agent top shows only series that a collector has", () => {
  const unknown = Object.values(SERIES).filter((name) => describeSeries(name) === undefined);
  assert.deepEqual(unknown, []);
});
