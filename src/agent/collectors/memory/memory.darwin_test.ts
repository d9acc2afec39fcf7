import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { darwinDeps, darwinHost, valuesOf } from "../../../../tests/helpers/darwin_host.ts";
import type { PageCounts } from "../../../platform/mod.ts";
import { darwinMemory, memoryShares } from "./memory.darwin.ts";
import { memoryMetrics } from "./metrics.ts";

const OPTIONS = {} as Parameters<typeof darwinMemory>[0];
const TOTAL = 16 * 2 ** 30;
const PAGES: PageCounts = {
  pageBytes: 16_384,
  free: 10_000,
  active: 300_000,
  inactive: 290_000,
  wired: 150_000,
  purgeable: 20_000,
  compressed: 100_000,
  external: 200_000,
  internal: 420_000,
  pageIns: 5_000_000,
  pageOuts: 40_000,
  faults: 900_000_000,
  swapIns: 3000,
  swapOuts: undefined,
};

Deno.test("used is what cannot be dropped, available the rest, and together they are all", () => {
  const { usedBytes = 0, availableBytes = 0, cachedBytes } = memoryShares(PAGES, TOTAL);
  assert.equal(usedBytes, (420_000 - 20_000 + 150_000 + 100_000) * 16_384);
  assert.equal(usedBytes + availableBytes, TOTAL);
  assert.equal(cachedBytes, (200_000 + 20_000) * 16_384);
  const torn = memoryShares({ ...PAGES, purgeable: 500_000, wired: 2_000_000 }, TOTAL);
  assert.deepEqual([torn.usedBytes, torn.availableBytes], [TOTAL, 0]);
});

Deno.test("pages that were moved are counted in bytes, and what is not known is absent", () => {
  const { swapInBytes, swapOutBytes, majorPageFaults, vmstat } = memoryShares(PAGES, TOTAL);
  assert.deepEqual([swapInBytes, swapOutBytes, majorPageFaults], [3000 * 16_384, undefined, 5_000_000]);
  assert.deepEqual(vmstat, { swapped_in: 5_000_000 * 16_384, swapped_out: 40_000 * 16_384 });
  assert.deepEqual(memoryShares({ ...PAGES, pageOuts: undefined }, TOTAL).vmstat, { swapped_in: 5_000_000 * 16_384 });
});

Deno.test("metrics have node_exporter's names on macOS", async () => {
  const measures = darwinHost({
    sysctlNumber: valuesOf({ "hw.memsize": TOTAL }),
    pageCounts: () => PAGES,
    swapUse: () => ({ totalBytes: 2 ** 30, availableBytes: 2 ** 29, usedBytes: 2 ** 29 }),
  });
  const { sample } = await darwinMemory(OPTIONS, darwinDeps(), measures).collect(new AbortController().signal);
  const text = new TextSink("prometheus");
  memoryMetrics(sample, text, "darwin");
  const lines = text.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), [
    "node_memory_active_bytes",
    "node_memory_compressed_bytes",
    "node_memory_free_bytes",
    "node_memory_inactive_bytes",
    "node_memory_internal_bytes",
    "node_memory_purgeable_bytes",
    "node_memory_wired_bytes",
    "node_memory_swap_total_bytes",
    "node_memory_swap_used_bytes",
    "node_memory_total_bytes",
    "node_memory_swapped_in_bytes_total",
    "node_memory_swapped_out_bytes_total",
  ]);
  assert.ok(lines.includes(`node_memory_wired_bytes ${150_000 * 16_384}`));
});

Deno.test("a part that fails is a problem, and the rest is there", async () => {
  const measures = darwinHost({ sysctlNumber: valuesOf({ "hw.memsize": TOTAL }) });
  const { sample, problems } = await darwinMemory(OPTIONS, darwinDeps(), measures).collect(
    new AbortController().signal,
  );
  assert.equal(sample.totalBytes, TOTAL);
  assert.equal(sample.usedBytes, undefined);
  assert.deepEqual(problems, ["use of memory: host_statistics64 failed with code 5"]);
});
