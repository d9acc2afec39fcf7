import assert from "node:assert/strict";
import fc from "fast-check";
import { TextSink } from "../../../core/mod.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import type { WindowsProcess } from "../../../platform/mod.ts";
import { processesMetrics } from "./metrics.ts";
import { percentOfCore, windowsProcesses } from "./processes.windows.ts";
import { windowsFamilies } from "./windows_family.ts";

const SIGNAL = new AbortController().signal;
const OPTIONS = { top: 2 } as Parameters<typeof windowsProcesses>[0];

function process(
  pid: number,
  parentPid: number,
  createdMs: number,
  more: Partial<WindowsProcess> = {},
): WindowsProcess {
  return {
    pid,
    parentPid,
    name: `p${pid}.exe`,
    state: "sleeping",
    createdMs,
    cpuSeconds: 1,
    threads: 2,
    handles: 10,
    workingSetBytes: pid * 1000,
    readBytes: 5,
    writtenBytes: 6,
    ...more,
  };
}

const pidsOf = (families: readonly (readonly { pid: number }[])[]) =>
  families.map((family) => family.map(({ pid }) => pid));

Deno.test("a family is a process with its descendants; each belongs to its nearest ancestor of those asked for", () => {
  const all = [process(4, 0, 1), process(8, 4, 2), process(12, 8, 3), process(16, 12, 4), process(20, 4, 5)];
  assert.deepEqual(pidsOf(windowsFamilies(all, [8])), [[8, 12, 16]]);
  assert.deepEqual(pidsOf(windowsFamilies(all, [4, 12, 99])), [[4, 8, 20], [12, 16], []]);
});

Deno.test("who has the pid of a parent that ended is no parent: it is the younger one", () => {
  const all = [process(8, 4, 50), process(12, 8, 3), process(16, 8, 60)];
  assert.deepEqual(pidsOf(windowsFamilies(all, [8])), [[8, 16]]);
});

Deno.test("families end whatever parents the list claims, and nobody is in two of them", () => {
  const record = fc.record({ pid: fc.integer({ min: 1, max: 12 }), parentPid: fc.nat(12), createdMs: fc.nat(3) });
  const lists = fc.uniqueArray(record, { selector: ({ pid }) => pid });
  fc.assert(fc.property(lists, fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }), (all, roots) => {
    const families = windowsFamilies(all, roots);
    assert.equal(families.length, roots.length);
    const members = families.flat().map(({ pid }) => pid);
    assert.equal(new Set(members).size, members.length);
    families.forEach((family, i) => assert.ok(family.length === 0 || family[0]?.pid === roots[i]));
  }));
});

Deno.test("use of a core is told of the same process only, and never below zero", () => {
  const before = process(4, 0, 1, { cpuSeconds: 10 });
  assert.equal(percentOfCore({ ...before, cpuSeconds: 13 }, before, 2), 150);
  assert.equal(percentOfCore({ ...before, cpuSeconds: 13, createdMs: 7 }, before, 2), undefined);
  assert.equal(percentOfCore({ ...before, cpuSeconds: 9 }, before, 2), undefined);
  assert.equal(percentOfCore(before, before, 0), undefined);
  assert.equal(percentOfCore(before, undefined, 2), undefined);
});

Deno.test("the largest users are listed, states and threads counted, and families summed up", async () => {
  const clock = new FakeClock();
  let all = [process(4, 0, 1), process(8, 4, 2, { state: "running" }), process(12, 8, 3)];
  const ports = { supervised: () => [{ id: "app", pid: 8 }, { id: "gone", pid: 77 }] };
  const collector = windowsProcesses(
    OPTIONS,
    windowsDeps({ clock, ports }),
    windowsHost({ processRecords: () => all }),
  );
  const first = await collector.collect(SIGNAL);
  assert.deepEqual(first.sample.topByCpu, []);
  assert.deepEqual(first.sample.topByMemory.map(({ pid }) => pid), [12, 8]);
  assert.deepEqual([first.sample.total, first.sample.threads, first.sample.states], [3, 6, {
    sleeping: 2,
    running: 1,
  }]);
  await clock.advance(2_000);
  all = [process(4, 0, 1, { cpuSeconds: 2 }), process(8, 4, 2, { cpuSeconds: 4 })];
  const { sample } = await collector.collect(SIGNAL);
  assert.deepEqual(sample.topByCpu.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[8, 150], [4, 50]]);
  assert.deepEqual(first.sample.supervised, [{
    id: "app",
    pid: 8,
    processes: 2,
    cpuSeconds: 2,
    rssBytes: 20_000,
    readBytes: 10,
    writtenBytes: 12,
    threads: 4,
    openFiles: 20,
    startedMs: 2,
  }]);
  // A member has ended, and what it had used is not given back.
  assert.equal(sample.supervised[0]?.readBytes, 10);
  assert.equal(sample.supervised[0]?.cpuSeconds, 4);
});

Deno.test("another process under the supervised id begins its counters anew", async () => {
  let pid = 8;
  const ports = { supervised: () => [{ id: "app", pid }] };
  const measures = windowsHost({ processRecords: () => [process(8, 0, 1, { cpuSeconds: 9 }), process(12, 0, 5)] });
  const collector = windowsProcesses(OPTIONS, windowsDeps({ ports }), measures);
  await collector.collect(SIGNAL);
  pid = 12;
  assert.equal((await collector.collect(SIGNAL)).sample.supervised[0]?.cpuSeconds, 1);
});

Deno.test("metrics have windows_exporter's names", async () => {
  const measures = windowsHost({ processRecords: () => [process(8, 0, 1), process(12, 0, 5)] });
  const { sample } = await windowsProcesses(OPTIONS, windowsDeps(), measures).collect(SIGNAL);
  const sink = new TextSink("prometheus");
  processesMetrics(sample, sink, "windows");
  assert.deepEqual([...parseSeries(sink.text())], [
    ["windows_os_processes", 2],
    ["windows_system_processes", 2],
    ["windows_system_threads", 4],
  ]);
});
