import assert from "node:assert/strict";
import { windowsBytes, windowsView } from "../../../../tests/helpers/windows_bytes.ts";
import { viewOf } from "./layout.ts";
import { parseBootTime, parseMemoryLists, parsePageFiles, parsePerformance } from "./ntdll_performance.ts";
import { parsePresences, parseProcesses } from "./ntdll_processes.ts";
import { parseProcessorTimes } from "./ntdll_processors.ts";

const NEXT = 0;
const NAME_BYTES = 56;
const NAME = 64;
const PID = 80;
const READ_BYTES = 232;
const THREADS = 256;
const THREAD_STATE = 68;
const WAIT_REASON = 72;
const THREAD_BYTES = 80;

function processes(): { view: DataView; base: bigint } {
  const { bytes, base } = windowsBytes().get("processes") ?? { bytes: new Uint8Array(), base: 0n };
  return { view: viewOf(bytes), base };
}

Deno.test("processes are read with their names, times and sizes", () => {
  const { view, base } = processes();
  const records = parseProcesses(view, base);
  assert.deepEqual(records.map(({ pid, parentPid, name }) => [pid, parentPid, name]), [
    [56, 40, "services.exe"],
    [68, 56, "winedevice.exe"],
    [96, 48, "explorer.exe"],
  ]);
  const [first] = records;
  assert.equal(new Date(first?.createdMs ?? 0).toISOString(), "2026-11-21T08:40:56.358Z");
  assert.ok(Math.abs((first?.cpuSeconds ?? 0) - 0.06) < 1e-9);
  assert.deepEqual([first?.threads, first?.handles, first?.workingSetBytes], [10, 128, 19_918_848]);
});

Deno.test("input and output are absent where no process has any, else each has its own", () => {
  const { view, base } = processes();
  assert.ok(parseProcesses(view, base).every((record) => !("readBytes" in record) && !("writtenBytes" in record)));
  view.setBigUint64(READ_BYTES, 5_000_000_000n, true);
  assert.deepEqual(parseProcesses(view, base).map(({ readBytes }) => readBytes), [5_000_000_000, 0, 0]);
});

Deno.test("the idle process is none, and a list that ends in the middle gives what came before", () => {
  const { view, base } = processes();
  const second = view.getUint32(NEXT, true);
  view.setBigUint64(second + PID, 0n, true);
  assert.deepEqual(parseProcesses(view, base).map(({ pid }) => pid), [56, 96]);
  const cut = new DataView(view.buffer, 0, second + THREADS - 1);
  assert.deepEqual(parseProcesses(cut, base).map(({ pid }) => pid), [56]);
});

Deno.test("a name outside of the memory is no name, and the rest is read all the same", () => {
  const { view, base } = processes();
  for (const address of [0n, base - 2n, base + BigInt(view.byteLength) - 2n, 0xffff_ffff_ffff_ffffn]) {
    view.setBigUint64(NAME, address, true);
    const [first] = parseProcesses(view, base);
    assert.deepEqual([first?.pid, first?.name], [56, ""], String(address));
  }
});

Deno.test("a name as long as the field can say is cut", () => {
  const { view } = processes();
  view.setUint16(NAME_BYTES, 0xffff, true);
  view.setBigUint64(NAME, 4096n, true);
  assert.ok((parseProcesses(view, 4096n)[0]?.name.length ?? 0) <= 260);
});

Deno.test("a step that leads nowhere ends the list", () => {
  for (const step of [1, 80, 255, 0x7fff_ffff, 0xffff_ffff]) {
    const { view, base } = processes();
    view.setUint32(NEXT, step, true);
    assert.deepEqual(parseProcesses(view, base).map(({ pid }) => pid), [56], String(step));
  }
});

Deno.test("a process runs when one of its threads does, and is stopped when all are suspended", () => {
  const { view, base } = processes();
  const stateOf = () => parseProcesses(view, base)[0]?.state;
  const set = (thread: number, state: number, reason = 0) => {
    view.setUint32(THREADS + thread * THREAD_BYTES + THREAD_STATE, state, true);
    view.setUint32(THREADS + thread * THREAD_BYTES + WAIT_REASON, reason, true);
  };
  for (let thread = 0; thread < 10; thread++) set(thread, 5, 5);
  assert.equal(stateOf(), "stopped");
  set(3, 5, 6);
  assert.equal(stateOf(), "sleeping");
  set(9, 2);
  assert.equal(stateOf(), "running");
});

Deno.test("the same processes are there with the exact moments of their creation", () => {
  const { view, base } = processes();
  const records = parseProcesses(view, base);
  const presences = parsePresences(view, base);
  const shared = (rows: readonly Readonly<Record<"pid" | "parentPid" | "name" | "threads", unknown>>[]) =>
    rows.map(({ pid, parentPid, name, threads }) => [pid, parentPid, name, threads]);
  assert.deepEqual(shared(presences), shared(records.map((record) => ({ threads: undefined, ...record }))));
  const exact = presences.map(({ startTime }) => Number(BigInt(startTime) / 10_000n) - 11_644_473_600_000);
  assert.deepEqual(exact, records.map(({ createdMs }) => Math.floor(createdMs ?? 0)));
  view.setBigUint64(32, 134_397_335_778_102_011n, true);
  assert.equal(parsePresences(view, base)[0]?.startTime, "134397335778102011");
  assert.equal(presences[0]?.workingSetBytes, 19_918_848);
});

Deno.test("the cores' times are read, and no interrupts are not a count of them", () => {
  assert.deepEqual(parseProcessorTimes(windowsView("processorTimes"), 0), [
    {
      group: 0,
      number: 0,
      userSeconds: 236.09,
      kernelSeconds: 2739.81,
      idleSeconds: 2648.64,
      dpcSeconds: 0,
      interruptSeconds: 0,
    },
    {
      group: 0,
      number: 1,
      userSeconds: 274.07,
      kernelSeconds: 2704.69,
      idleSeconds: 2573.83,
      dpcSeconds: 0,
      interruptSeconds: 0,
    },
  ]);
});

Deno.test("the performance counters stand where they should", () => {
  const view = windowsView("performance");
  const expected = {
    pageFaults: 101,
    copyOnWriteFaults: 102,
    transitionFaults: 103,
    demandZeroFaults: 104,
    pagesRead: 105,
    pageReads: 106,
    dirtyPagesWritten: 107,
    dirtyPageWrites: 108,
    pagedPoolPages: 109,
    nonPagedPoolPages: 110,
    pagedPoolAllocations: 111,
    nonPagedPoolAllocations: 112,
    freeSystemPageTableEntries: 113,
    residentSystemCodePages: 114,
    systemDriverPages: 115,
    systemCodePages: 116,
    residentSystemCachePages: 117,
    residentPagedPoolPages: 118,
    residentSystemDriverPages: 119,
    contextSwitches: 4_000_000_120,
    systemCalls: 121,
  };
  assert.deepEqual(parsePerformance(view), expected);
  assert.deepEqual(parsePerformance(new DataView(view.buffer, 0, 312)), expected, "as long as Windows 7 gives it");
  assert.deepEqual(parsePerformance(new DataView(new ArrayBuffer(312))), {}, "zeros are not measured");
});

Deno.test("memory lists, paging files and the time of the start are read", () => {
  assert.deepEqual(parseMemoryLists(windowsView("memoryLists")), {
    zeroedPages: 10,
    freePages: 20,
    modifiedPages: 34,
    standbyPages: [100, 101, 102, 103, 104, 105, 106, 107],
  });
  assert.equal(parseMemoryLists(new DataView(new ArrayBuffer(80))), null);
  assert.deepEqual(parsePageFiles(windowsView("pageFiles")), { sizePages: 1500, usedPages: 300 });
  assert.deepEqual(parsePageFiles(new DataView(new ArrayBuffer(0))), { sizePages: 0, usedPages: 0 });
  const bootMs = parseBootTime(windowsView("timeOfDay")) ?? 0;
  assert.equal(new Date(bootMs).toISOString(), "2026-11-21T08:40:56.227Z");
});
