import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { parseSeries, parseTypes } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import type { ProcessorTimes } from "../../../platform/mod.ts";
import { timesOf, windowsCpu } from "./cpu.windows.ts";
import { cpuMetrics } from "./metrics.ts";

const OPTIONS = {} as Parameters<typeof windowsCpu>[0];
const SIGNAL = new AbortController().signal;
const TEXTS: Readonly<Record<string, string>> = {
  ProcessorNameString: "Example 4000",
  VendorIdentifier: "ExampleMaker",
  Identifier: "AMD64 Family 25 Model 1 Stepping 1",
};

function core(number: number, more: Partial<ProcessorTimes> = {}): ProcessorTimes {
  return {
    group: 0,
    number,
    userSeconds: 10,
    kernelSeconds: 100,
    idleSeconds: 80,
    dpcSeconds: 3,
    interruptSeconds: 2,
    interrupts: 1000,
    ...more,
  };
}

function host(cores: () => ProcessorTimes[]) {
  return windowsHost({
    processorTimes: cores,
    processorTopology: () => ({
      cores: 1,
      packages: 1,
      places: new Map([["0,0", { core: 0, package: 0 }], ["0,1", { core: 0, package: 0 }]]),
    }),
    processorFrequencies: () => [{ number: 0, hertz: 2e9, maxHertz: 3e9 }, { number: 1, hertz: 1e9, maxHertz: 3e9 }],
    performanceCounters: () => ({ contextSwitches: 5000 }),
    bootTimeMs: () => 1_700_000_000_500,
    registryText: (_key, name) => TEXTS[name],
  });
}

Deno.test("no second is in two modes: the kernel's time is without idle time, interrupts and deferred calls", () => {
  assert.deepEqual(timesOf(core(0)), { user: 10, system: 15, idle: 80, irq: 2, softirq: 3 });
  assert.equal(timesOf(core(0, { idleSeconds: 99.9 })).system, 0);
});

Deno.test("a reading has each core with its place and frequency, and their sum", async () => {
  const { sample, problems } = await windowsCpu(OPTIONS, windowsDeps(), host(() => [core(0), core(1)])).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual(sample.total, { user: 20, system: 30, idle: 160, irq: 4, softirq: 6 });
  assert.deepEqual(sample.cores[1], {
    id: "0,1",
    times: { user: 10, system: 15, idle: 80, irq: 2, softirq: 3 },
    coreId: "0",
    packageId: "0",
    hertz: 1e9,
    maxHertz: 3e9,
    interrupts: 1000,
  });
  const { logicalCores, physicalCores, packages, model, vendor, interrupts, contextSwitches, bootSeconds } = sample;
  assert.deepEqual([logicalCores, physicalCores, packages, model, vendor], [2, 1, 1, "Example 4000", "ExampleMaker"]);
  assert.deepEqual([interrupts, contextSwitches, bootSeconds], [2000, 5000, 1_700_000_000.5]);
});

Deno.test("times do not go back, and counters of 32 bits go on when they wrap", async () => {
  const readings = [
    [core(0, { interrupts: 4_294_967_290 })],
    [core(0, { idleSeconds: 79.99, kernelSeconds: 100.01, interrupts: 10 })],
  ];
  const collector = windowsCpu(OPTIONS, windowsDeps(), host(() => readings.shift() ?? []));
  const first = await collector.collect(SIGNAL);
  const second = await collector.collect(SIGNAL);
  assert.equal(first.sample.cores[0]?.times?.idle, second.sample.cores[0]?.times?.idle);
  assert.equal(second.sample.interrupts, 4_294_967_306);
});

Deno.test("what cannot be read is absent and a problem; without times there is no reading", async () => {
  const bare = windowsHost({ processorTimes: () => [core(0, { interrupts: undefined } as never)] });
  const { sample, problems } = await windowsCpu(OPTIONS, windowsDeps(), bare).collect(SIGNAL);
  assert.equal(sample.logicalCores, 1);
  assert.deepEqual(
    [sample.model, sample.packages, sample.contextSwitches, sample.interrupts],
    Array(4).fill(undefined),
  );
  assert.deepEqual(problems.map((problem) => problem.split(": ", 1)[0]), [
    "physical cores and packages",
    "model",
    "context switches",
    "time of the start",
    "frequencies",
  ]);
  assert.throws(() => windowsCpu(OPTIONS, windowsDeps(), windowsHost({})).collect(SIGNAL), { code: "unsupported" });
});

Deno.test("with several processor groups a frequency is not given to a core that it may not be of", async () => {
  const two = host(() => [core(0), core(0, { group: 1 })]);
  const { sample } = await windowsCpu(OPTIONS, windowsDeps(), two).collect(SIGNAL);
  assert.deepEqual(sample.cores.map(({ id, hertz }) => [id, hertz]), [["0,0", undefined], ["1,0", undefined]]);
});

Deno.test("metrics have windows_exporter's names, and privileged time has that of interrupts in it", async () => {
  const { sample } = await windowsCpu(OPTIONS, windowsDeps(), host(() => [core(0), core(1)])).collect(SIGNAL);
  const sink = new TextSink("prometheus");
  cpuMetrics(sample, sink, "windows");
  const series = parseSeries(sink.text());
  assert.equal(series.get('windows_cpu_time_total{core="0,0",mode="privileged"}'), 20);
  assert.equal(series.get('windows_cpu_time_total{core="0,1",mode="dpc"}'), 3);
  assert.equal(series.get('windows_cpu_core_frequency_mhz{core="0,0"}'), 2000);
  assert.equal(series.get("windows_cpu_logical_processor"), 2);
  assert.equal(series.get("windows_system_boot_time_timestamp_seconds"), 1_700_000_000.5);
  const info = [...series.keys()].find((name) => name.startsWith("windows_cpu_info{"));
  assert.match(info ?? "", /architecture="9".*device_id="CPU0".*name="Example 4000"/);
  assert.equal(parseTypes(sink.text()).get("windows_cpu_time_total"), "counter");
  assert.ok([...series.keys()].every((name) => /^(?:windows|farhand)_/.test(name)));
});
