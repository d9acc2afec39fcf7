import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import {
  badNumbers,
  damaged,
  depsFor,
  hostText,
  metricLines,
  PLAIN_OPTIONS,
  pointsOf,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { IS_LINUX } from "../../../../tests/helpers/host.ts";
import { systemClock } from "../../../core/mod.ts";
import type { SelfSample } from "../../../protocol/mod.ts";
import { createTreeReader } from "../reading/tree_reader.ts";
import { linuxReader, linuxSelf, parseSelfStat, parseStatm, parseVirtualLimit } from "./self.linux.ts";
import { createSelf } from "./self_collector.ts";
import { selfCollector } from "./self.ts";

const SIGNAL = new AbortController().signal;
const UNITS = { pageBytes: 4096, ticksPerSecond: 100 };
const NOWHERE = rootsIn("/nowhere");

Deno.test("how late the event loop was is told once, and where nobody noted it not at all", async () => {
  const deps = depsFor(NOWHERE, systemClock);
  deps.lag.note(40);
  deps.lag.note(10);
  const collector = createSelf(deps, { read: () => ({}) });
  const { sample } = await collector.collect(SIGNAL);
  assert.deepEqual([sample.eventLoopLagSeconds, sample.eventLoopLagMaxSeconds], [0.01, 0.04]);
  assert.equal((await collector.collect(SIGNAL)).sample.eventLoopLagSeconds, undefined);
});

Deno.test("the runtime tells of itself on every system, with the queues that it is given", async () => {
  const deps = { ...depsFor(NOWHERE, systemClock), ports: { supervised: () => [], queues: () => ({ events: 3 }) } };
  const { sample, problems } = await createSelf(deps, { read: () => ({}) }).collect(SIGNAL);
  assert.deepEqual([problems, sample.queues, badNumbers(sample)], [[], { events: 3 }, []]);
  assert.ok(sample.rssBytes > sample.heapUsedBytes && sample.heapUsedBytes > 1e6);
  assert.ok(Math.abs(sample.startedMs - performance.timeOrigin) <= 1);
});

Deno.test("what a system does not tell does not hide what the runtime knows", async () => {
  const deps = depsFor(NOWHERE, systemClock);
  const { sample: plain } = await createSelf(deps, { read: () => ({}) }).collect(SIGNAL);
  const { sample } = await createSelf(deps, { read: () => ({ cpuSeconds: undefined, threads: 5 }) }).collect(SIGNAL);
  assert.deepEqual([sample.cpuSeconds === undefined, sample.threads], [plain.cpuSeconds === undefined, 5]);
});

Deno.test(
  { name: "on Linux it is this process that is told of, wherever the roots are", ignore: !IS_LINUX },
  async () => {
    const collector = linuxSelf(PLAIN_OPTIONS, depsFor(NOWHERE, systemClock));
    const { sample, problems } = await collector.collect(SIGNAL);
    collector.close?.();
    assert.deepEqual(problems, []);
    const { cpuSeconds = 0, anonymousBytes = 0, virtualBytes = 0, openFiles = 0, openFilesLimit = 0, threads = 0 } =
      sample;
    assert.ok(cpuSeconds > 0 && threads > 1 && openFiles > 3 && openFiles <= openFilesLimit, JSON.stringify(sample));
    assert.ok(anonymousBytes > 4e6 && anonymousBytes < sample.rssBytes * 1.2 && virtualBytes > sample.rssBytes);
    assert.ok((sample.virtualLimitBytes ?? 0) > 0);
  },
);

Deno.test("without /proc the problem is named, and all else goes on", () => {
  const problems: string[] = [];
  const { cpuSeconds, virtualBytes, openFiles } = linuxReader(createTreeReader(NOWHERE), UNITS).read(problems);
  assert.deepEqual([cpuSeconds, virtualBytes, openFiles], [undefined, undefined, undefined]);
  assert.match(problems.join(), /stat: /);
});

Deno.test("the kernel's texts give processor time, threads, sizes and limits", () => {
  assert.deepEqual(parseSelfStat(hostText("vm", "proc/3921/stat"), UNITS), { cpuSeconds: 0.02, threads: 3 });
  assert.deepEqual(parseStatm("1000 300 100 5 0 200 0\n", UNITS), {
    virtualBytes: 4096000,
    anonymousBytes: 200 * 4096,
  });
  assert.equal(parseStatm("1000 100 300", UNITS).anonymousBytes, undefined);
  const limits = "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max open files            20000                20000                files     \n";
  assert.equal(
    parseVirtualLimit(`${limits}Max address space         unlimited            unlimited            bytes\n`),
    2 ** 64,
  );
  assert.equal(
    parseVirtualLimit(`${limits}Max address space         8589934592           unlimited            bytes\n`),
    2 ** 33,
  );
  assert.equal(parseVirtualLimit(limits), undefined);
});

Deno.test("damaged texts never make a number that cannot be", () => {
  const stat = hostText("vm", "proc/3921/stat");
  const limits = "Max cpu time   unlimited  unlimited  seconds\nMax address space   8589934592   unlimited   bytes\n";
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    const found = [
      parseSelfStat(damaged(stat, damages), UNITS),
      parseStatm(damaged("1000 300 100 5 0 200 0\n", damages), UNITS),
      parseVirtualLimit(damaged(limits, damages)),
    ];
    assert.deepEqual(badNumbers(found), []);
  }));
});

const SAMPLE: SelfSample = {
  cpuSeconds: 12,
  rssBytes: 4e7,
  heapUsedBytes: 5e6,
  heapTotalBytes: 8e6,
  eventLoopLagMaxSeconds: 0.25,
  virtualLimitBytes: 2 ** 64,
  startedMs: 1_700_000_000_500,
  queues: { uplink: 0, events: 4 },
};

Deno.test("the metrics have the names of Prometheus' clients", () => {
  assert.deepEqual(metricLines(selfCollector, SAMPLE), [
    "farhand_self_event_loop_lag_max_seconds 0.25",
    "farhand_self_heap_total_bytes 8000000",
    "farhand_self_heap_used_bytes 5000000",
    "process_cpu_seconds_total 12",
    "process_resident_memory_bytes 40000000",
    "process_start_time_seconds 1700000000.5",
    "process_virtual_memory_max_bytes 18446744073709552000",
    'farhand_self_queue_length{queue="events"} 4',
    'farhand_self_queue_length{queue="uplink"} 0',
  ]);
});

Deno.test("use of a core is known from the second reading on, and every point's series is described", () => {
  assert.equal(pointsOf(selfCollector, SAMPLE, null, 0)["self.cpu_percent"], undefined);
  const points = pointsOf(selfCollector, SAMPLE, { ...SAMPLE, cpuSeconds: 9 }, 60);
  assert.equal(points["self.cpu_percent"], 5);
  const known = new Set(selfCollector.series.map(({ name }) => name));
  for (const name of Object.keys(points)) assert.ok(known.has(name));
});
