import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import {
  badNumbers,
  damaged,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  hostText,
  metricLines,
  PLAIN_OPTIONS,
  pointsOf,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { MemorySample } from "../../../protocol/mod.ts";
import type { Reading } from "../contract.ts";
import { memoryCollector } from "./memory.ts";
import { linuxMemory, memoryUse, pagingOf, parseMeminfo, parseVmstat } from "./memory.linux.ts";

const KIB = 1024;

async function read(host: FixtureHost): Promise<Reading<MemorySample>> {
  const collector = linuxMemory(PLAIN_OPTIONS, depsFor(hostRoots(host)));
  const reading = await collector.collect(new AbortController().signal);
  collector.close?.();
  return reading;
}

Deno.test("what is used is the total less what is available", async () => {
  const { sample } = await read("storage");
  assert.equal(sample.totalBytes, 65_842_100 * KIB);
  assert.equal(sample.availableBytes, 52_345_676 * KIB);
  assert.equal(sample.usedBytes, (65_842_100 - 52_345_676) * KIB);
  assert.equal(sample.swapUsedBytes, (8_388_604 - 7_340_028) * KIB);
  assert.equal(sample.oomKills, 1);
});

Deno.test("an old kernel does not say what is available, and nobody guesses", async () => {
  const { sample, problems } = await read("centos7");
  assert.equal(sample.availableBytes, undefined);
  assert.equal(sample.usedBytes, (3_880_512 - 215_040 - 2108 - 2_410_824) * KIB);
  assert.equal(sample.oomKills, undefined);
  assert.deepEqual(problems, []);
});

Deno.test("swapped pages become bytes by the size of a page", () => {
  const paging = pagingOf({ pswpin: 2, pswpout: 3, pgfault: 5 }, 16_384);
  assert.equal(paging.swapInBytes, 32_768);
  assert.equal(paging.swapOutBytes, 49_152);
  assert.equal(paging.pageFaults, 5);
  assert.equal(paging.majorPageFaults, undefined);
});

Deno.test("values with a unit are bytes, numbers of huge pages are numbers", () => {
  const values = parseMeminfo("MemTotal:  24684092 kB\nActive(anon):  1596 kB\nHugePages_Total:   1024\nOdd:  5 MB\n");
  assert.deepEqual(values, { MemTotal: 24_684_092 * KIB, "Active(anon)": 1596 * KIB, HugePages_Total: 1024 });
});

Deno.test("of the kernel's counters those of paging, swapping, faults and kills are kept", () => {
  const text =
    "nr_free_pages 1\npgpgin 2\npswpout 3\npgfault 4\npgmajfault 5\noom_kill 6\npgalloc_dma 7\npgmigrate_fail 8\n";
  assert.deepEqual(parseVmstat(text), { pgpgin: 2, pswpout: 3, pgfault: 4, pgmajfault: 5, oom_kill: 6 });
});

Deno.test("numbers that do not fit together make no use of memory", () => {
  const use = memoryUse({ MemAvailable: 200, SwapTotal: 10, SwapFree: 20 }, 100);
  assert.equal(use.usedBytes, undefined);
  assert.equal(use.swapUsedBytes, undefined);
});

Deno.test("without its counters memory is read all the same, and the problem names their file", async () => {
  await inPlainTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/proc`);
    await Deno.writeTextFile(`${dir}/proc/meminfo`, "MemTotal: 100 kB\nMemAvailable: 60 kB\n");
    const collector = linuxMemory(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    const { sample, problems } = await collector.collect(new AbortController().signal);
    collector.close?.();
    assert.equal(sample.usedBytes, 40 * KIB);
    assert.equal(sample.vmstat, undefined);
    assert.match(problems.join(), /^swapping and page faults: .*vmstat: /);
  });
});

Deno.test("without a total nothing was read", async () => {
  await inPlainTempDir(async (dir) => {
    const collector = linuxMemory(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    assert.throws(() => collector.collect(new AbortController().signal), /meminfo: /);
    await Deno.mkdir(`${dir}/proc`);
    await Deno.writeTextFile(`${dir}/proc/meminfo`, "MemFree: 100 kB\n");
    assert.throws(() => collector.collect(new AbortController().signal), /has no MemTotal/);
    collector.close?.();
  });
});

for (const [path, parse] of [["proc/meminfo", parseMeminfo], ["proc/vmstat", parseVmstat]] as const) {
  Deno.test(`a damaged ${path} never makes a number that cannot be`, () => {
    const whole = hostText("vm", path);
    fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
      assert.deepEqual(badNumbers(parse(damaged(whole, damages))), []);
    }));
  });
}

Deno.test("a damaged file never makes a use of memory that cannot be", () => {
  const whole = hostText("vm", "proc/meminfo");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    const meminfo = parseMeminfo(damaged(whole, damages));
    assert.deepEqual(badNumbers(memoryUse(meminfo, meminfo.MemTotal ?? 0)), []);
  }));
});

Deno.test("rates are of bytes and faults, and there is none after a reset", () => {
  const before = { totalBytes: 1000, swapInBytes: 100, swapOutBytes: 500, majorPageFaults: 5 };
  const current = { totalBytes: 1000, usedBytes: 250, swapInBytes: 300, swapOutBytes: 10, majorPageFaults: 25 };
  assert.deepEqual(pointsOf(memoryCollector, current, before, 10), {
    "memory.used_bytes": 250,
    "memory.used_percent": 25,
    "memory.swap_in_bytes_per_second": 20,
    "memory.major_page_faults_per_second": 2,
  });
});

Deno.test("a host without swap space has no part of it that is used", async () => {
  const { sample } = await read("vm");
  const points = pointsOf(memoryCollector, sample, null, 0);
  assert.equal(points["memory.swap_used_bytes"], 0);
  assert.equal("memory.swap_used_percent" in points, false);
});

Deno.test("the metrics have node_exporter's names", () => {
  const meminfo = { MemTotal: 1024, "Active(anon)": 2048, Committed_AS: 3072, HugePages_Free: 7 };
  assert.deepEqual(metricLines(memoryCollector, { totalBytes: 1024, meminfo, vmstat: { pgpgin: 5 } }), [
    "node_memory_MemTotal_bytes 1024",
    "node_memory_Active_anon_bytes 2048",
    "node_memory_Committed_AS_bytes 3072",
    "node_memory_HugePages_Free 7",
    "node_vmstat_pgpgin 5",
  ]);
});

for (const host of FIXTURE_HOSTS) {
  Deno.test(`the host ${host} can be read without problems`, async () => {
    const { sample, problems } = await read(host);
    assert.deepEqual(problems, []);
    assert.ok((sample.usedBytes ?? 0) > 0);
    assert.deepEqual(badNumbers(sample), []);
  });
}
