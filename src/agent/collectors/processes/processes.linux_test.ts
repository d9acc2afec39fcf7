import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import {
  badNumbers,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { IS_LINUX } from "../../../../tests/helpers/host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { Duration, systemClock } from "../../../core/mod.ts";
import type { CollectorDeps } from "../contract.ts";
import type { SupervisedProcess } from "../ports.ts";
import { linuxProcesses } from "./processes.linux.ts";

const SIGNAL = new AbortController().signal;
const OPTIONS = { enabled: true, interval: new Duration(60_000), top: 3 };
const UNITS = { pageBytes: 4096, ticksPerSecond: 100 };

function supervising(deps: CollectorDeps, ...supervised: SupervisedProcess[]): CollectorDeps {
  return { ...deps, ports: { supervised: () => supervised, queues: () => ({}) } };
}

function onHost(host: FixtureHost, ...supervised: SupervisedProcess[]) {
  return linuxProcesses(OPTIONS, supervising(depsFor(hostRoots(host)), ...supervised), UNITS);
}

interface Written {
  readonly pid: number;
  readonly ticks: number;
  readonly start?: number;
  readonly parent?: number;
  readonly reaped?: number;
  readonly rss?: number;
}

/** Writes processes into a tree of /proc, each with its status. */
async function write(dir: string, processes: readonly Written[], upSeconds = 1000): Promise<void> {
  await Deno.mkdir(`${dir}/proc`, { recursive: true });
  await Deno.writeTextFile(`${dir}/proc/uptime`, `${upSeconds}.00 1.00\n`);
  await Deno.writeTextFile(`${dir}/proc/stat`, "cpu 1 2 3\nbtime 1700000000\n");
  for (const { pid, ticks, start = 5, parent = 0, reaped = 0, rss = 0 } of processes) {
    await Deno.mkdir(`${dir}/proc/${pid}`, { recursive: true });
    const line = `${pid} (p${pid}) S ${parent} 0 0 0 0 0 0 0 0 0 ${ticks} 0 ${reaped} 0 20 0 1 0 ${start} 0 ${rss} 0\n`;
    await Deno.writeTextFile(`${dir}/proc/${pid}/stat`, line);
    await Deno.writeTextFile(`${dir}/proc/${pid}/status`, `Name:\tp${pid}\nUid:\t0\t0\t0\t0\n`);
  }
}

Deno.test("processes are counted by what they do, and the largest are listed with their users", async () => {
  const { sample, problems } = await onHost("centos7").collect(SIGNAL);
  assert.deepEqual(problems, []);
  const { topByMemory, ...counts } = sample;
  assert.deepEqual(counts, {
    total: 11,
    states: { disk_sleep: 1, running: 1, sleeping: 8, zombie: 1 },
    threads: 11,
    threadsLimit: 63453,
    pidLimit: 131072,
    topByCpu: [],
    supervised: [],
  });
  assert.deepEqual(topByMemory.map(({ pid, name, user, rssBytes }) => [pid, name, user, rssBytes]), [
    [2215, "postmaster", "postgres", 33120 * 4096],
    [2210, "postmaster", "postgres", 21800 * 4096],
    [2201, "postmaster", "postgres", 3800 * 4096],
  ]);
  assert.equal(topByMemory[0]?.startedMs, 1699000000_000 + 9004000);
});

Deno.test("no reading of any host has a number that cannot be, or an argument of a process", async () => {
  for (const host of FIXTURE_HOSTS) {
    const { sample } = await onHost(host).collect(SIGNAL);
    assert.deepEqual(badNumbers(sample), [], host);
    assert.ok(!JSON.stringify(sample).includes("hunter2"), host);
  }
});

Deno.test("a supervised process is summed up with all that descend from it", async () => {
  const { sample, problems } = await onHost("vm", { id: "shop", pid: 3921 }).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual(sample.supervised, [{
    id: "shop",
    pid: 3921,
    processes: 4, // with a zombie, which has neither memory nor files
    cpuSeconds: 0.16,
    threads: 6,
    rssBytes: (7741 + 386 + 420) * 4096,
    pssBytes: sample.supervised[0]?.pssBytes,
    readBytes: 217088,
    writtenBytes: 0,
    openFiles: 11,
    startedMs: 1795247468_000 + 3236980,
  }]);
  const { pssBytes = 0, rssBytes = 0 } = sample.supervised[0] ?? {};
  assert.ok(pssBytes > 0 && pssBytes < rssBytes);
});

Deno.test("a kernel without the file for it has no proportional size, which is no problem", async () => {
  const { sample, problems } = await onHost("centos7", { id: "db", pid: 2201 }).collect(SIGNAL);
  assert.deepEqual(problems, []);
  const [db] = sample.supervised;
  assert.deepEqual([db?.processes, db?.pssBytes, db?.readBytes], [4, undefined, 734003200 + 1024 + 2097152]);
});

Deno.test("a supervised process that has ended is left out", async () => {
  const { sample } = await onHost("vm", { id: "gone", pid: 99999 }).collect(SIGNAL);
  assert.deepEqual(sample.supervised, []);
});

Deno.test("processor use is what was used since the reading before, in percent of a core", async () => {
  await inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    const collector = linuxProcesses(OPTIONS, depsFor(rootsIn(dir), clock), UNITS);
    await write(dir, [{ pid: 1, ticks: 100 }, { pid: 2, ticks: 900, rss: 7 }, { pid: 10, ticks: 50 }]);
    assert.deepEqual((await collector.collect(SIGNAL)).sample.topByCpu, []);
    await clock.advance(10_000);
    await write(dir, [{ pid: 1, ticks: 600 }, { pid: 2, ticks: 900, rss: 7 }, { pid: 10, ticks: 2550 }], 1010);
    const { topByCpu, topByMemory } = (await collector.collect(SIGNAL)).sample;
    assert.deepEqual(topByCpu.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[10, 250], [1, 50]]);
    assert.deepEqual(topByMemory.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[2, 0]]);
  });
});

Deno.test("a pid that was given to another process does not go on from the one before", async () => {
  await inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    const collector = linuxProcesses(OPTIONS, depsFor(rootsIn(dir), clock), UNITS);
    await write(dir, [{ pid: 1, ticks: 0 }, { pid: 7, ticks: 100 }, { pid: 8, ticks: 100 }]);
    await collector.collect(SIGNAL);
    await clock.advance(10_000);
    // 7 is new and began between the two readings; of 8 nobody knows when it used what it has used.
    await write(dir, [{ pid: 7, ticks: 300, start: 100_400 }, { pid: 8, ticks: 900, start: 90_000 }], 1010);
    const { topByCpu } = (await collector.collect(SIGNAL)).sample;
    assert.deepEqual(topByCpu.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[7, 30]]);
  });
});

Deno.test("processor time of a family never falls, though a child's comes to the parent only later", async () => {
  await inPlainTempDir(async (dir) => {
    const deps = supervising(depsFor(rootsIn(dir)), { id: "shop", pid: 5 });
    const collector = linuxProcesses(OPTIONS, deps, UNITS);
    const cpuSeconds = async () => (await collector.collect(SIGNAL)).sample.supervised[0]?.cpuSeconds;
    await write(dir, [{ pid: 5, ticks: 100 }, { pid: 6, ticks: 1000, parent: 5 }]);
    assert.equal(await cpuSeconds(), 11);
    await Deno.remove(`${dir}/proc/6`, { recursive: true });
    assert.equal(await cpuSeconds(), 11);
    await write(dir, [{ pid: 5, ticks: 150, reaped: 1010 }]);
    assert.equal(await cpuSeconds(), 11.6);
    await write(dir, [{ pid: 5, ticks: 2, start: 77_000 }]);
    assert.equal(await cpuSeconds(), 0.02, "another process begins anew");
  });
});

Deno.test("after every 200 processes others have their turn", async () => {
  await inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    await write(dir, Array.from({ length: 450 }, (_, i) => ({ pid: i + 1, ticks: i })));
    const collector = linuxProcesses(OPTIONS, depsFor(rootsIn(dir), clock), UNITS);
    const reading = Promise.resolve(collector.collect(SIGNAL));
    assert.equal(clock.sleeping, 1);
    await clock.advance(0);
    assert.equal((await reading).sample.total, 450);
    assert.equal(clock.sleeping, 0);
  });
});

Deno.test("a scan that is broken off changes nothing for the next one", async () => {
  await inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    const processes = Array.from({ length: 250 }, (_, i) => ({ pid: i + 1, ticks: 100 }));
    await write(dir, processes);
    const collector = linuxProcesses(OPTIONS, depsFor(rootsIn(dir), clock), UNITS);
    const read = async (signal: AbortSignal) => {
      const reading = Promise.resolve(collector.collect(signal));
      await clock.advance(0);
      return await reading;
    };
    await read(SIGNAL);
    await clock.advance(10_000);
    const stop = new AbortController();
    const broken = Promise.resolve(collector.collect(stop.signal));
    stop.abort(new Error("stopped"));
    await assert.rejects(broken, /stopped/);
    await write(dir, [{ pid: 3, ticks: 600 }], 1010);
    const { topByCpu } = (await read(SIGNAL)).sample;
    assert.deepEqual(topByCpu.map(({ pid, cpuPercent }) => [pid, cpuPercent]), [[3, 50]]);
  });
});

Deno.test("without processes nothing was read, and the error says where", async () => {
  await assert.rejects(
    async () => await linuxProcesses(OPTIONS, depsFor(rootsIn("/nowhere"))).collect(SIGNAL),
    /nowhere/,
  );
  await inPlainTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/proc`);
    await assert.rejects(
      async () => await linuxProcesses(OPTIONS, depsFor(rootsIn(dir))).collect(SIGNAL),
      /shows none/,
    );
  });
});

Deno.test({ name: "this very process is in its own family, on this host", ignore: !IS_LINUX }, async () => {
  const roots = { proc: "/proc", sys: "/sys", root: "/" };
  const deps = supervising(depsFor(roots, systemClock), { id: "test", pid: Deno.pid });
  const { sample } = await linuxProcesses(OPTIONS, deps).collect(SIGNAL);
  const [self] = sample.supervised;
  assert.ok(sample.total > 0 && (self?.rssBytes ?? 0) > 10e6 && (self?.cpuSeconds ?? 0) > 0, JSON.stringify(self));
  const startedMs = self?.startedMs ?? 0; // of the whole run, in which this file may come late
  assert.ok(startedMs > Date.now() - 3_600_000 && startedMs < performance.timeOrigin + 1_000, String(startedMs));
});
