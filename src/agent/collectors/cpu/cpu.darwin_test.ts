import assert from "node:assert/strict";
import { darwinDeps, darwinHost, valuesOf } from "../../../../tests/helpers/darwin_host.ts";
import { cpuUse, darwinCpu } from "./cpu.darwin.ts";

const OPTIONS = {} as Parameters<typeof darwinCpu>[0];
const CORE = { user: 10, nice: 1, system: 4, idle: 85 };

Deno.test("the whole is the sum of the cores", () => {
  assert.deepEqual(cpuUse([CORE, { user: 20, nice: 0, system: 6, idle: 74 }]), {
    total: { user: 30, nice: 1, system: 10, idle: 159 },
    cores: [{ id: "0", times: CORE }, { id: "1", times: { user: 20, nice: 0, system: 6, idle: 74 } }],
    logicalCores: 2,
  });
  assert.deepEqual(cpuUse([]), { cores: [], logicalCores: 0 });
});

Deno.test("what the processor is comes from the kernel, once; what it does each time", async () => {
  const asked: string[] = [];
  const number = valuesOf({ "hw.physicalcpu": 8, "hw.packages": 1 });
  const measures = darwinHost({
    sysctlNumber: (name) => (asked.push(name), number(name)),
    sysctlText: valuesOf({ "machdep.cpu.brand_string": "Apple M2" }),
    bootTimeMs: () => 1_700_000_000_250,
    coreTimes: () => [CORE],
  });
  const collector = darwinCpu(OPTIONS, darwinDeps(), measures);
  await collector.collect(new AbortController().signal);
  const { sample, problems } = await collector.collect(new AbortController().signal);
  const { model, vendor, physicalCores, packages, bootSeconds } = sample;
  assert.deepEqual([model, vendor, physicalCores, packages], ["Apple M2", undefined, 8, 1]);
  assert.equal(bootSeconds, 1_700_000_000.25);
  assert.deepEqual(problems, []);
  assert.deepEqual(asked, ["hw.physicalcpu", "hw.packages"]);
});

Deno.test("without the times there is no reading", () => {
  const collector = darwinCpu(OPTIONS, darwinDeps(), darwinHost({}));
  assert.throws(() => collector.collect(new AbortController().signal), /host_processor_info failed with code 5/);
});
