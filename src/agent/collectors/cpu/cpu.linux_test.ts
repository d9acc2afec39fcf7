import assert from "node:assert/strict";
import {
  badNumbers,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  hostText,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { CpuSample } from "../../../protocol/mod.ts";
import type { Collector, Reading } from "../contract.ts";
import { linuxCpu } from "./cpu.linux.ts";

const SIGNAL = new AbortController().signal;

async function read(host: FixtureHost): Promise<Reading<CpuSample>> {
  const collector = linuxCpu(PLAIN_OPTIONS, depsFor(hostRoots(host)));
  const reading = await collector.collect(SIGNAL);
  collector.close?.();
  return reading;
}

/** A tree of files that a test changes, and a collector of it. */
async function onTree(
  files: Readonly<Record<string, string>>,
  use: (collector: Collector<CpuSample>, write: (path: string, text: string) => void, clock: FakeClock) => unknown,
): Promise<void> {
  await inPlainTempDir(async (dir) => {
    const write = (path: string, text: string) => {
      Deno.mkdirSync(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${dir}/${path}`, text);
    };
    for (const [path, text] of Object.entries(files)) write(path, text);
    const clock = new FakeClock();
    const collector = linuxCpu(PLAIN_OPTIONS, depsFor(rootsIn(dir), clock));
    try {
      await use(collector, write, clock);
    } finally {
      collector.close?.();
    }
  });
}

const sampleOf = async (collector: Collector<CpuSample>) => (await collector.collect(SIGNAL)).sample;

Deno.test("a large server has its cores and packages, and of each core what /sys tells", async () => {
  const { sample } = await read("server128");
  assert.equal(sample.logicalCores, 128);
  assert.equal(sample.physicalCores, 128);
  assert.equal(sample.packages, 2);
  const core = sample.cores[64];
  assert.equal(core?.packageId, "1");
  assert.equal(core?.hertz, 2_514_000_000);
  assert.equal(core?.minHertz, 1_500_000_000);
  assert.equal(core?.governor, "performance");
  assert.deepEqual(core?.governors, ["ondemand", "performance", "schedutil"]);
  assert.equal(core?.coreThrottles, 67);
  assert.equal(core?.packageThrottles, 5);
  assert.equal(sample.cores[2]?.hertz, undefined);
  assert.equal(sample.cores[2]?.coreId, "2");
  assert.deepEqual(sample.cores.filter(({ isolated }) => isolated).map(({ id }) => id), ["62", "63", "126", "127"]);
});

Deno.test("threads of one core are one physical core", async () => {
  const { sample } = await read("limited");
  assert.equal(sample.logicalCores, 8);
  assert.equal(sample.physicalCores, 4);
  assert.equal(sample.packages, 1);
});

Deno.test("a board has the name of its processor, and the frequency that its hardware tells", async () => {
  const { sample } = await read("arm64_board");
  assert.equal(sample.model, "Cortex-A72");
  assert.equal(sample.physicalCores, 4);
  assert.equal(sample.cores[0]?.measuredHertz, 600_000_000);
});

Deno.test("a board whose processor has no name is known by the device tree", async () => {
  const files = {
    "proc/stat": "cpu 1 2 3 4\ncpu0 1 2 3 4\n",
    "proc/cpuinfo": "processor\t: 0\nCPU implementer\t: 0x99\n",
    "sys/firmware/devicetree/base/model": "Some Board Rev 2\0",
  };
  await onTree(files, async (collector) => assert.equal((await sampleOf(collector)).model, "Some Board Rev 2"));
});

for (const host of FIXTURE_HOSTS) {
  Deno.test(`the host ${host} can be read without problems`, async () => {
    const { sample, problems } = await read(host);
    assert.deepEqual(problems, []);
    assert.deepEqual(badNumbers(sample), []);
    assert.ok(sample.total !== undefined && sample.model !== undefined && sample.bootSeconds !== undefined);
    assert.ok((sample.physicalCores ?? 0) > 0 && (sample.packages ?? 0) > 0);
  });
}

Deno.test("without its file nothing was read, and the error says which file", async () => {
  await onTree({}, (collector) => assert.throws(() => collector.collect(SIGNAL), /stat: /));
  await onTree({ "proc/stat": "btime 5\n" }, (collector) => {
    assert.throws(() => collector.collect(SIGNAL), /has none/);
  });
});

Deno.test("without a description of the processor its times are read, and the problem stays the same", async () => {
  await onTree({ "proc/stat": hostText("vm", "proc/stat") }, async (collector) => {
    const first = await collector.collect(SIGNAL);
    const second = await collector.collect(SIGNAL);
    assert.ok(first.sample.total !== undefined);
    assert.equal(first.problems.length, 1);
    assert.match(first.problems[0] ?? "", /^model: .*cpuinfo: /);
    assert.deepEqual(first.problems, second.problems);
  });
});

Deno.test("idle time that the kernel takes back a little does not go back, and a reset is told as it is", async () => {
  const stat = (user: number, idle: number, iowait: number) =>
    `cpu ${user} 0 0 ${idle} ${iowait}\ncpu0 ${user} 0 0 ${idle} ${iowait}\n`;
  await onTree({ "proc/stat": stat(1000, 9000, 500), "proc/cpuinfo": "" }, async (collector, write) => {
    await collector.collect(SIGNAL);
    write("proc/stat", stat(1001, 8990, 100));
    const little = await sampleOf(collector);
    for (const times of [little.total, little.cores[0]?.times]) {
      assert.deepEqual([times?.user, times?.idle, times?.iowait], [10.01, 90, 5]);
    }
    write("proc/stat", stat(5, 8000, 3));
    const reset = await sampleOf(collector);
    assert.deepEqual([reset.total?.user, reset.total?.idle, reset.total?.iowait], [0.05, 80, 0.03]);
  });
});

Deno.test("a core that goes is gone, and what is known of the others is looked up again when it comes back", async () => {
  const stat = (...cores: number[]) => ["cpu 9 9 9 9", ...cores.map((core) => `cpu${core} 1 2 3 4`)].join("\n");
  const places = (...cores: number[]) =>
    cores.map((core) => `processor : ${core}\nphysical id : 0\ncore id : ${core}\n\n`).join("");
  await onTree({ "proc/stat": stat(0, 1), "proc/cpuinfo": places(0, 1) }, async (collector, write) => {
    assert.equal((await sampleOf(collector)).physicalCores, 2);
    write("proc/stat", stat(0));
    write("proc/cpuinfo", places(0));
    const less = await sampleOf(collector);
    assert.deepEqual([less.logicalCores, less.physicalCores, less.cores.length], [1, 1, 1]);
    write("proc/stat", stat(0, 1));
    write("proc/cpuinfo", places(0, 1));
    assert.equal((await sampleOf(collector)).physicalCores, 2);
  });
});

/** A clock on which each look at the time takes a while, as a slow file would make it. */
class SlowClock extends FakeClock {
  #looks = 0;
  stepMs = 10;
  override monotonicMs(): number {
    return super.monotonicMs() + this.stepMs * this.#looks++;
  }
}

Deno.test("where the files of cores are slow, each reading takes a few in turn and old values are dropped", async () => {
  await inPlainTempDir(async (dir) => {
    const write = (path: string, text: string) => {
      Deno.mkdirSync(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${dir}/${path}`, text);
    };
    const ids = [0, 1, 2];
    write("proc/stat", ["cpu 9 9 9 9", ...ids.map((id) => `cpu${id} 1 2 3 4`)].join("\n"));
    for (const id of ids) write(`sys/devices/system/cpu/cpu${id}/cpufreq/scaling_cur_freq`, "1000\n");
    const clock = new SlowClock();
    const collector = linuxCpu(PLAIN_OPTIONS, depsFor(rootsIn(dir), clock));
    const known = async () => (await sampleOf(collector)).cores.map(({ hertz }) => hertz);
    assert.deepEqual(await known(), [1_000_000, undefined, undefined]);
    assert.deepEqual(await known(), [1_000_000, 1_000_000, undefined]);
    assert.deepEqual(await known(), [1_000_000, 1_000_000, 1_000_000]);
    await clock.advance(6 * 60_000);
    clock.stepMs = 1000;
    assert.deepEqual(await known(), [1_000_000, undefined, undefined]);
    collector.close?.();
  });
});
