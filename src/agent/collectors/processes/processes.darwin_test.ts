import assert from "node:assert/strict";
import fc from "fast-check";
import { darwinDeps, darwinHost, valuesOf } from "../../../../tests/helpers/darwin_host.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import type { DarwinProcess } from "../../../platform/mod.ts";
import { darwinProcesses, supervisedUses } from "./processes.darwin.ts";

const OPTIONS = { top: 2 } as unknown as Parameters<typeof darwinProcesses>[0];

function process(pid: number, parent: number, cpuSeconds = 0, rssBytes = 1000): DarwinProcess {
  const use = { startedMs: 1000 + pid, virtualBytes: 1, rssBytes, cpuSeconds, threads: 2 };
  return { pid, parent, uid: 501, name: `p${pid}`, state: "sleeping", use };
}

const foreign = (pid: number): DarwinProcess => ({ pid, parent: 1, uid: 0, name: "root's", state: "unknown" });
const filesOf = (pid: number) => pid === 21 ? undefined : 3;
const never = () => new AbortController().signal;

Deno.test("the largest users since the reading before come first, with the names of their owners", async () => {
  const clock = new FakeClock();
  let all = [process(1, 0, 5, 10), process(2, 1, 5, 30), process(3, 1, 5, 20), process(4, 1, 5, 0)];
  const measures = darwinHost({
    allProcesses: () => all,
    accountName: (uid) => uid === 501 ? "alice" : undefined,
    sysctlNumber: valuesOf({ "kern.maxproc": 4000, "kern.num_threads": 20_000 }),
  });
  const collector = darwinProcesses(OPTIONS, darwinDeps({ clock }), measures);
  const first = (await collector.collect(never())).sample;
  assert.deepEqual(first.topByCpu, []);
  assert.deepEqual(first.topByMemory.map(({ pid, user }) => [pid, user]), [[2, "alice"], [3, "alice"]]);
  await clock.advance(10_000);
  all = [process(1, 0, 6, 10), process(2, 1, 5, 30), process(3, 1, 25, 20), process(5, 1, 90)];
  const { sample, problems } = await collector.collect(never());
  assert.deepEqual(sample.topByCpu.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[3, 200], [1, 10]]);
  assert.deepEqual([sample.total, sample.threads, sample.states["sleeping"]], [4, 8, 4]);
  assert.deepEqual([sample.pidLimit, sample.threadsLimit], [4000, 20_000]);
  assert.deepEqual(problems, []);
});

Deno.test("another process with the same pid does not inherit what the one before has used", async () => {
  const clock = new FakeClock();
  let all = [process(7, 1, 100)];
  const collector = darwinProcesses(OPTIONS, darwinDeps({ clock }), darwinHost({ allProcesses: () => all }));
  await collector.collect(never());
  await clock.advance(1000);
  all = [{ ...process(7, 1, 150), use: { ...process(7, 1, 150).use, startedMs: 9_999_999, threads: 1 } }];
  assert.deepEqual((await collector.collect(never())).sample.topByCpu, []);
});

Deno.test("other users' processes are counted, and that no more is known of them is said", async () => {
  const measures = darwinHost({ allProcesses: () => [process(2, 1), foreign(3), foreign(4)] });
  const { sample, problems } = await darwinProcesses(OPTIONS, darwinDeps(), measures).collect(never());
  assert.deepEqual([sample.total, sample.states], [3, { sleeping: 1, unknown: 2 }]);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /only root may read it/);
});

Deno.test("a supervised process has what all its descendants use, but for those of another", () => {
  const all = [
    process(1, 0),
    process(10, 1, 1),
    process(11, 10, 2),
    process(12, 11, 4),
    process(20, 12, 8),
    foreign(21),
  ];
  const uses = supervisedUses(
    all,
    [{ id: "a", pid: 10 }, { id: "b", pid: 20 }, { id: "gone", pid: 99 }],
    new Map(),
    filesOf,
  );
  assert.deepEqual(uses.map(({ id, processes, cpuSeconds }) => [id, processes, cpuSeconds]), [["a", 3, 7], [
    "b",
    1,
    8,
  ]]);
  assert.deepEqual([uses[0]?.openFiles, uses[0]?.threads, uses[0]?.startedMs], [9, 6, 1010]);
});

Deno.test("the time of a supervised process does not go back when one of its descendants ends", () => {
  const steady = new Map();
  const used = (...all: DarwinProcess[]) => supervisedUses(all, [{ id: "a", pid: 10 }], steady, filesOf)[0]?.cpuSeconds;
  assert.equal(used(process(10, 1, 5), process(11, 10, 20)), 25);
  assert.equal(used(process(10, 1, 6)), 25);
  assert.equal(used(process(10, 1, 7)), 25);
  assert.equal(used(process(10, 1, 9)), 27);
});

Deno.test("processes that seem to be their own ancestors are each counted once", () => {
  const link = fc.record({ pid: fc.nat(8), parent: fc.nat(8) });
  fc.assert(fc.property(fc.array(link, { maxLength: 12 }), (links) => {
    const all = links.map(({ pid, parent }) => process(pid, parent, 1));
    const [use] = supervisedUses(all, [{ id: "a", pid: 0 }], new Map(), filesOf);
    const distinct = new Set(links.map(({ pid }) => pid)).size;
    assert.ok((use?.processes ?? 0) <= distinct);
  }));
});
