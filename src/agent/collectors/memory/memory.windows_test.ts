import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries, parseTypes } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import { windowsMemory } from "./memory.windows.ts";
import { memoryMetrics } from "./metrics.ts";

const OPTIONS = {} as Parameters<typeof windowsMemory>[0];
const SIGNAL = new AbortController().signal;
const PAGE = 4096;
const STATUS = {
  totalBytes: 16e9,
  availableBytes: 6e9,
  commitLimitBytes: 20e9,
  commitAvailableBytes: 9e9,
  processLimitBytes: 2 ** 47,
};

const host = (more: Parameters<typeof windowsHost>[0] = {}) =>
  windowsHost({
    memoryStatus: () => STATUS,
    systemTotals: () => ({ pageBytes: PAGE, committedBytes: 11e9, commitLimitBytes: 20e9, cacheBytes: 4e9 }),
    memoryLists: () => ({
      zeroedPages: 100,
      freePages: 20,
      modifiedPages: 7,
      standbyPages: [1, 1, 1, 1, 10, 10, 30, 40],
    }),
    pageFiles: () => ({ sizePages: 1000, usedPages: 250 }),
    performanceCounters: () => ({
      pageFaults: 900,
      pagesRead: 50,
      pageReads: 20,
      dirtyPagesWritten: 8,
      pagedPoolPages: 5,
      residentSystemCachePages: 1,
      residentSystemCodePages: 2,
      residentSystemDriverPages: 3,
      residentPagedPoolPages: 4,
    }),
    ...more,
  });

Deno.test("used and available are all memory; lists, paging files and faults have their places", async () => {
  const { sample, problems } = await windowsMemory(OPTIONS, windowsDeps(), host()).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual([sample.totalBytes, sample.availableBytes, sample.usedBytes], [16e9, 6e9, 10e9]);
  assert.deepEqual([sample.freeBytes, sample.cachedBytes], [120 * PAGE, 4e9]);
  assert.deepEqual(
    [sample.swapTotalBytes, sample.swapUsedBytes, sample.swapFreeBytes],
    [1000 * PAGE, 250 * PAGE, 750 * PAGE],
  );
  assert.deepEqual([sample.swapInBytes, sample.swapOutBytes], [50 * PAGE, 8 * PAGE]);
  assert.deepEqual([sample.pageFaults, sample.majorPageFaults], [900, 20]);
  assert.deepEqual([sample.committedBytes, sample.commitLimitBytes], [11e9, 20e9]);
});

Deno.test("what this Windows does not tell is absent and a problem; without memory there is no reading", async () => {
  const bare = windowsHost({ memoryStatus: () => STATUS });
  const { sample, problems } = await windowsMemory(OPTIONS, windowsDeps(), bare).collect(SIGNAL);
  assert.deepEqual(problems.map((problem) => problem.split(":", 1)[0]), [
    "committed and cached memory",
    "free and standby memory",
    "paging files",
    "paging",
  ]);
  assert.deepEqual([sample.freeBytes, sample.swapTotalBytes, sample.pageFaults], [undefined, undefined, undefined]);
  assert.equal(sample.commitLimitBytes, 20e9);
  assert.throws(() => windowsMemory(OPTIONS, windowsDeps(), windowsHost({})).collect(SIGNAL), { code: "unsupported" });
});

Deno.test("metrics have windows_exporter's names; what was not measured has none", async () => {
  const text = async (measures: ReturnType<typeof host>) => {
    const { sample } = await windowsMemory(OPTIONS, windowsDeps(), measures).collect(SIGNAL);
    const sink = new TextSink("prometheus");
    memoryMetrics(sample, sink, "windows");
    return sink.text();
  };
  const full = await text(host());
  const series = parseSeries(full);
  assert.deepEqual(
    [
      "windows_memory_physical_total_bytes",
      "windows_memory_available_bytes",
      "windows_memory_commit_limit",
      "windows_memory_committed_bytes",
      "windows_memory_cache_bytes",
      "windows_memory_standby_cache_core_bytes",
      "windows_memory_standby_cache_normal_priority_bytes",
      "windows_memory_standby_cache_reserve_bytes",
      "windows_memory_swap_page_operations_total",
      "windows_memory_page_faults_total",
      "windows_os_paging_limit_bytes",
      "windows_os_visible_memory_bytes",
      "windows_cs_physical_memory_bytes",
      "windows_os_virtual_memory_free_bytes",
    ].map((name) => series.get(name)),
    [16e9, 6e9, 20e9, 11e9, 10 * PAGE, 70 * PAGE, 20 * PAGE, 4 * PAGE, 58, 900, 1000 * PAGE, 16e9, 16e9, 9e9],
  );
  assert.equal(parseTypes(full).get("windows_memory_page_faults_total"), "counter");
  const bare = parseSeries(await text(windowsHost({ memoryStatus: () => STATUS })));
  assert.ok(bare.has("windows_memory_physical_free_bytes"));
  assert.ok(![...bare.keys()].some((name) => /swap|standby|paging|fault/.test(name)));
});
