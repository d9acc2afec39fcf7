import assert from "node:assert/strict";
import { metricLines, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { ContainerSample } from "../../../protocol/mod.ts";
import { containerCollector } from "./container.ts";

const SAMPLE: ContainerSample = {
  path: "/shop",
  memoryLimitBytes: 1000,
  memoryUsedBytes: 900,
  memoryWorkingSetBytes: 750,
  cpuLimitCores: 2,
  cpuSeconds: 100,
  periods: 1000,
  throttledPeriods: 100,
};

Deno.test("use is shown as a part of the limit", () => {
  const now = { ...SAMPLE, cpuSeconds: 110, periods: 1100, throttledPeriods: 125 };
  assert.deepEqual(pointsOf(containerCollector, now, SAMPLE, 10), {
    "container.memory_used_percent": 75,
    "container.memory_working_set_bytes": 750,
    "container.cpu_percent": 50,
    "container.throttled_percent": 25,
  });
});

Deno.test("without limits, or across a move to another group, there is no part of one", () => {
  const unlimited = { path: "/shop", memoryWorkingSetBytes: 750, cpuSeconds: 110 };
  assert.deepEqual(pointsOf(containerCollector, unlimited, SAMPLE, 10), { "container.memory_working_set_bytes": 750 });
  const moved = pointsOf(containerCollector, { ...SAMPLE, path: "/other", cpuSeconds: 900 }, SAMPLE, 10);
  assert.equal(moved["container.cpu_percent"], undefined);
  const resting = pointsOf(containerCollector, SAMPLE, SAMPLE, 10);
  assert.equal(resting["container.throttled_percent"], undefined, "no periods, no part of them");
});

Deno.test("every point is of a series that is described", () => {
  const known = new Set(containerCollector.series.map(({ name }) => name));
  for (const name of Object.keys(pointsOf(containerCollector, SAMPLE, SAMPLE, 1))) assert.ok(known.has(name));
});

Deno.test("what is absent has no metric, and what is zero has", () => {
  assert.deepEqual(metricLines(containerCollector, { swapLimitBytes: 0, oomKills: 0 }), [
    "farhand_container_oom_kills_total 0",
    "farhand_container_swap_limit_bytes 0",
  ]);
});
