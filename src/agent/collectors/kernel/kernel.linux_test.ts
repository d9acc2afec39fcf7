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
import type { KernelClock } from "../../../platform/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";
import type { Reading } from "../contract.ts";
import { kernelCollector } from "./kernel.ts";
import { linuxKernel, parseFileNr, parseUptime } from "./kernel.linux.ts";
import { parseSelinuxConfig } from "./selinux.linux.ts";
import { ruleOf, zoneName } from "./time_zone.ts";

const SIGNAL = new AbortController().signal;
const CLOCK: KernelClock = {
  synchronised: true,
  offsetSeconds: -0.002,
  values: { tick_seconds: 0.01, pps_error_total: 3 },
};

async function read(host: FixtureHost, clock: () => KernelClock | null = () => CLOCK): Promise<Reading<KernelSample>> {
  const collector = linuxKernel(PLAIN_OPTIONS, depsFor(hostRoots(host)), clock);
  const reading = await collector.collect(SIGNAL);
  collector.close?.();
  return reading;
}

Deno.test("files, entropy, clock sources and uptime are read", async () => {
  const { sample } = await read("server128");
  assert.equal(sample.openFiles, 24_576);
  assert.equal(sample.openFilesLimit, 9_223_372_036_854_775_807);
  assert.equal(sample.entropyBits, 256);
  assert.equal(sample.uptimeSeconds, 8_640_000.5);
  assert.equal(sample.clock?.source, "tsc");
  assert.deepEqual(sample.clock?.sources, ["tsc", "hpet", "acpi_pm"]);
  assert.equal(sample.clock?.offsetSeconds, -0.002);
});

Deno.test("SELinux is on with the mode that it is in and the one that it starts in", async () => {
  assert.deepEqual((await read("centos7")).sample.selinux, {
    enabled: true,
    enforcing: true,
    configured: "enforcing",
  });
});

Deno.test("a kernel without SELinux has it off, and where /sys is not to be seen nobody knows", async () => {
  await inPlainTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/proc`);
    await Deno.writeTextFile(`${dir}/proc/uptime`, "5.00 1.00\n");
    const collect = async () => {
      const collector = linuxKernel(PLAIN_OPTIONS, depsFor(rootsIn(dir)), () => CLOCK);
      const { sample } = await collector.collect(SIGNAL);
      collector.close?.();
      return sample.selinux;
    };
    assert.equal(await collect(), undefined);
    await Deno.mkdir(`${dir}/sys/fs/cgroup`, { recursive: true });
    assert.deepEqual(await collect(), { enabled: false });
  });
});

Deno.test("where the clock may not be asked it is absent, and where it cannot be that is a problem", async () => {
  const forbidden = await read("vm", () => null);
  assert.equal(forbidden.sample.clock, undefined);
  assert.deepEqual(forbidden.problems, []);
  const broken = await read("vm", () => {
    throw new Error("no such library");
  });
  assert.equal(broken.sample.clock, undefined);
  assert.deepEqual(broken.problems, ["clock: no such library"]);
});

Deno.test("files that are missing are problems, and when all are nothing was read", async () => {
  await inPlainTempDir(async (dir) => {
    const collector = linuxKernel(PLAIN_OPTIONS, depsFor(rootsIn(dir)), () => CLOCK);
    assert.throws(() => collector.collect(SIGNAL), /open files: .*entropy: .*uptime: /);
    await Deno.mkdir(`${dir}/proc`);
    await Deno.writeTextFile(`${dir}/proc/uptime`, "5.00 1.00\n");
    const { sample, problems } = await collector.collect(SIGNAL);
    collector.close?.();
    assert.equal(sample.uptimeSeconds, 5);
    assert.deepEqual(problems.map((problem) => problem.split(":")[0]), ["open files", "entropy"]);
  });
});

Deno.test("a zone has the abbreviation of its rule, in winter and in summer, east and west", () => {
  assert.equal(zoneName("CET-1CEST,M3.5.0,M10.5.0/3", 3600), "CET");
  assert.equal(zoneName("CET-1CEST,M3.5.0,M10.5.0/3", 7200), "CEST");
  assert.equal(zoneName("EST5EDT,M3.2.0,M11.1.0", -18_000), "EST");
  assert.equal(zoneName("EST5EDT,M3.2.0,M11.1.0", -14_400), "EDT");
  assert.equal(zoneName("IST-5:30", 19_800), "IST");
  assert.equal(zoneName("<+03>-3", 10_800), "+03");
  assert.equal(zoneName("IST-1GMT0,M10.5.0,M3.5.0/1", 0), "GMT");
  assert.equal(zoneName("UTC0", 0), "UTC");
});

Deno.test("a zone without an abbreviation for its offset is named by the offset", () => {
  assert.equal(zoneName("", 0), "UTC");
  assert.equal(zoneName("CET-1", -12_600), "-0330");
  assert.equal(zoneName("nonsense,,", 20_700), "+0545");
});

Deno.test("the rule is the last line of a zone's file", () => {
  assert.equal(ruleOf("TZif2\0\0\n\0TZif2\0\nCET-1CEST,M3.5.0,M10.5.0/3\n"), "CET-1CEST,M3.5.0,M10.5.0/3");
  for (const text of ["", "TZif2", "\nUTC0\n", "TZif\n\n"]) assert.equal(ruleOf(text), "");
});

Deno.test("the mode that SELinux starts in stands in its config", () => {
  assert.equal(parseSelinuxConfig("# SELINUX=disabled\nSELINUXTYPE=targeted\nSELINUX=Permissive \n"), "permissive");
  assert.equal(parseSelinuxConfig("SELINUX=sometimes"), undefined);
  assert.equal(parseSelinuxConfig(""), undefined);
});

for (const [path, parse] of [["proc/sys/fs/file-nr", parseFileNr], ["proc/uptime", parseUptime]] as const) {
  Deno.test(`a damaged ${path} never makes a number that cannot be`, () => {
    const whole = hostText("server128", path);
    fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
      assert.deepEqual(badNumbers(parse(damaged(whole, damages))), []);
    }));
  });
}

Deno.test("every rule and every offset make some name, and none of them an error", () => {
  fc.assert(fc.property(fc.string(), fc.integer({ min: -50_400, max: 50_400 }), (text, offset) => {
    assert.ok(zoneName(text, offset).length > 0);
    parseSelinuxConfig(text);
    ruleOf(`TZif${text}\n`);
  }));
});

Deno.test("the metrics have node_exporter's names and labels", () => {
  const lines = metricLines(kernelCollector, {
    openFiles: 5,
    openFilesLimit: 9,
    entropyBits: 256,
    entropyPoolBits: 4096,
    selinux: { enabled: true, enforcing: false, configured: "disabled" },
    clock: { ...CLOCK, values: { ...CLOCK.values }, source: "tsc", sources: ["tsc", "hpet"] },
    uptimeSeconds: 12.5,
    timeSeconds: 1700,
    timeZone: "CET",
    utcOffsetSeconds: 3600,
  });
  assert.deepEqual(lines, [
    "node_entropy_available_bits 256",
    "node_entropy_pool_size_bits 4096",
    "node_filefd_allocated 5",
    "node_filefd_maximum 9",
    "farhand_kernel_uptime_seconds 12.5",
    "node_selinux_config_mode -1",
    "node_selinux_current_mode 0",
    "node_selinux_enabled 1",
    'node_time_clocksource_available_info{clocksource="tsc",device="0"} 1',
    'node_time_clocksource_available_info{clocksource="hpet",device="0"} 1',
    'node_time_clocksource_current_info{clocksource="tsc",device="0"} 1',
    "node_time_seconds 1700",
    'node_time_zone_offset_seconds{time_zone="CET"} 3600',
    "node_timex_offset_seconds -0.002",
    "node_timex_sync_status 1",
    "node_timex_pps_error_total 3",
    "node_timex_tick_seconds 0.01",
  ]);
  assert.deepEqual(metricLines(kernelCollector, {}), []);
});

Deno.test("every point is of a series that is described", () => {
  const sample = { openFiles: 1, entropyBits: 2, clock: { synchronised: true, offsetSeconds: 3 } };
  assert.deepEqual(
    Object.keys(pointsOf(kernelCollector, sample, null, 0)),
    kernelCollector.series.map(({ name }) => name),
  );
});

for (const host of FIXTURE_HOSTS) {
  Deno.test(`the host ${host} can be read without problems`, async () => {
    const { sample, problems } = await read(host);
    assert.deepEqual(problems, []);
    assert.ok(sample.openFiles !== undefined && sample.uptimeSeconds !== undefined);
  });
}
