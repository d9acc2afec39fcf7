import assert from "node:assert/strict";
import fc from "fast-check";
import { metricLines, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { CpuCore, CpuSample, CpuTimes } from "../../../protocol/mod.ts";
import { cpuCollector } from "./cpu.ts";
import { timeShares } from "./points.ts";

const core = (id: string, times: CpuTimes): CpuCore => ({ id, times });

function sample(total: CpuTimes, more: Partial<CpuSample> = {}): CpuSample {
  return { total, cores: [], logicalCores: 1, ...more };
}

Deno.test("the time between two readings is shared out by what it was spent on", () => {
  const before = sample({ user: 10, nice: 1, system: 5, idle: 100, iowait: 2, irq: 0, softirq: 1, steal: 0 });
  const current = sample({ user: 12, nice: 2, system: 6, idle: 103, iowait: 3, irq: 0, softirq: 2, steal: 1 });
  assert.deepEqual(pointsOf(cpuCollector, current, before, 5), {
    "cpu.usage_percent": 60,
    "cpu.user_percent": 30,
    "cpu.system_percent": 20,
    "cpu.iowait_percent": 10,
    "cpu.steal_percent": 10,
  });
});

Deno.test("what a system does not count has no share", () => {
  const points = pointsOf(
    cpuCollector,
    sample({ user: 2, system: 1, idle: 7 }),
    sample({ user: 1, system: 1, idle: 4 }),
    4,
  );
  assert.deepEqual(points, { "cpu.usage_percent": 25, "cpu.user_percent": 25, "cpu.system_percent": 0 });
});

Deno.test("there are no shares at first, after a reset, and when nothing was counted", () => {
  const now = sample({ user: 5, system: 5, idle: 5 });
  assert.deepEqual(pointsOf(cpuCollector, now, null, 0), {});
  assert.deepEqual(pointsOf(cpuCollector, now, sample({ user: 6, system: 1, idle: 1 }), 10), {});
  assert.deepEqual(pointsOf(cpuCollector, now, now, 10), {});
});

Deno.test("each core has its own line where they are few", () => {
  const times = (user: number, idle: number) => ({ user, system: 0, idle });
  const total = times(0, 0);
  const before = sample(total, { cores: [core("0", times(0, 0)), core("1", times(0, 0))] });
  const current = sample(total, { cores: [core("0", times(1, 3)), core("1", times(3, 1)), core("2", times(9, 9))] });
  assert.deepEqual(pointsOf(cpuCollector, current, before, 4), { "cpu.core_percent 0": 25, "cpu.core_percent 1": 75 });
});

Deno.test("many cores have no lines of their own", () => {
  const cores = (user: number) =>
    Array.from({ length: 17 }, (_, id) => core(String(id), { user, system: 0, idle: user }));
  const [before, current] = [
    sample({ user: 1, system: 1, idle: 1 }, { cores: cores(1) }),
    sample({
      user: 2,
      system: 1,
      idle: 1,
    }, { cores: cores(2) }),
  ];
  assert.deepEqual(Object.keys(pointsOf(cpuCollector, current, before, 1)).filter((name) => name.includes("core")), []);
});

Deno.test("counters become rates, and one that was reset none", () => {
  const before = { ...sample({ user: 1, system: 1, idle: 1 }), contextSwitches: 1000, interrupts: 500, forks: 50 };
  const current = { ...sample({ user: 1, system: 1, idle: 1 }), contextSwitches: 3000, interrupts: 400, forks: 60 };
  assert.deepEqual(pointsOf(cpuCollector, current, before, 10), {
    "cpu.context_switches_per_second": 200,
    "cpu.forks_per_second": 1,
  });
});

const seconds = fc.double({ min: 0, max: 1e12, noNaN: true });
const anyTimes: fc.Arbitrary<CpuTimes> = fc.record({
  user: seconds,
  system: seconds,
  idle: seconds,
  nice: fc.option(seconds, { nil: undefined }),
  iowait: fc.option(seconds, { nil: undefined }),
  steal: fc.option(seconds, { nil: undefined }),
});

Deno.test("whatever the counters do, shares are from 0 to 100 and add up to no more than the whole", () => {
  fc.assert(fc.property(anyTimes, anyTimes, (current, before) => {
    const shares = timeShares(current, before);
    if (shares === null) return;
    for (const share of Object.values(shares)) assert.ok(share === undefined || (share >= 0 && share <= 100));
    const { user, system, iowait = 0, steal = 0 } = shares;
    assert.ok(user + system + iowait + steal <= 100.000001);
  }));
});

Deno.test("the metrics have node_exporter's names and labels", () => {
  const lines = metricLines(cpuCollector, {
    cores: [{
      id: "0",
      times: { user: 1, system: 2, idle: 3, guest: 4 },
      coreId: "5",
      packageId: "1",
      hertz: 2e9,
      measuredHertz: 2.1e9,
      minHertz: 1e9,
      maxHertz: 3e9,
      scalingMinHertz: 1.1e9,
      scalingMaxHertz: 2.9e9,
      governor: "powersave",
      governors: ["performance", "powersave"],
      coreThrottles: 7,
      packageThrottles: 8,
      isolated: true,
      scheduled: { runningSeconds: 1.5, waitingSeconds: 0.5, timeslices: 9 },
    }, { id: "1", coreId: "5", packageId: "1", coreThrottles: 7, packageThrottles: 8 }],
    logicalCores: 2,
    model: "Some Processor",
    contextSwitches: 10,
    bootSeconds: 1700,
  });
  assert.deepEqual(lines, [
    'node_cpu_guest_seconds_total{cpu="0",mode="user"} 4',
    'node_cpu_seconds_total{cpu="0",mode="idle"} 3',
    'node_cpu_seconds_total{cpu="0",mode="system"} 2',
    'node_cpu_seconds_total{cpu="0",mode="user"} 1',
    'node_cpu_frequency_hertz{cpu="0"} 2100000000',
    'node_cpu_frequency_max_hertz{cpu="0"} 3000000000',
    'node_cpu_frequency_min_hertz{cpu="0"} 1000000000',
    'node_cpu_scaling_frequency_hertz{cpu="0"} 2000000000',
    'node_cpu_scaling_frequency_max_hertz{cpu="0"} 2900000000',
    'node_cpu_scaling_frequency_min_hertz{cpu="0"} 1100000000',
    'node_cpu_scaling_governor{cpu="0",governor="performance"} 0',
    'node_cpu_scaling_governor{cpu="0",governor="powersave"} 1',
    'node_cpu_core_throttles_total{core="5",package="1"} 7',
    'node_cpu_package_throttles_total{package="1"} 8',
    'node_schedstat_running_seconds_total{cpu="0"} 1.5',
    'node_schedstat_timeslices_total{cpu="0"} 9',
    'node_schedstat_waiting_seconds_total{cpu="0"} 0.5',
    'node_cpu_info{core="5",cpu="0",package="1",model_name="Some Processor"} 1',
    'node_cpu_info{core="5",cpu="1",package="1",model_name="Some Processor"} 1',
    'node_cpu_isolated{cpu="0"} 1',
    "farhand_cpu_logical_cores 2",
    "node_boot_time_seconds 1700",
    "node_context_switches_total 10",
  ]);
});

Deno.test("every point is of a series that is described", () => {
  const times = (user: number) => ({ user, system: 0, idle: user, iowait: 0, steal: 0 });
  const reading = (user: number): CpuSample => ({
    ...sample(times(user), { cores: [core("0", times(user))] }),
    contextSwitches: user,
    interrupts: user,
    forks: user,
  });
  const names = Object.keys(pointsOf(cpuCollector, reading(2), reading(1), 1)).map((name) => name.split(" ")[0]);
  assert.deepEqual(names.sort(), cpuCollector.series.map(({ name }) => name).sort());
});
