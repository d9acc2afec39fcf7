import { type MetricSink, single } from "../../../core/mod.ts";
import type { CpuCore, CpuSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { windowsCpuMetrics } from "./windows_metrics.ts";

/** In the order of node_exporter's page. */
const MODES = ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"] as const;

export function cpuMetrics(sample: CpuSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") return windowsCpuMetrics(sample, sink);
  writeTimes(sample.cores, sink);
  writeFrequencies(sample.cores, sink);
  writeThrottles(sample.cores, sink);
  writeScheduled(sample.cores, sink);
  writeFacts(sample, sink);
  const total = (name: string, help: string, value: number | undefined) => single(sink, name, "counter", help, value);
  const gauge = (name: string, help: string, value: number | undefined) => single(sink, name, "gauge", help, value);
  gauge("node_boot_time_seconds", "When the system started, in seconds since 1970 UTC.", sample.bootSeconds);
  total("node_context_switches_total", "Changes from one thread to another.", sample.contextSwitches);
  total("node_forks_total", "Processes and threads that were started.", sample.forks);
  total("node_intr_total", "Interrupts of all kinds.", sample.interrupts);
  gauge("node_procs_blocked", "Threads that wait for input or output.", sample.blocked);
  gauge("node_procs_running", "Threads that run or wait for a core.", sample.running);
}

function writeTimes(cores: readonly CpuCore[], sink: MetricSink): void {
  sink.family("node_cpu_guest_seconds_total", "counter", "Time of each core in virtual machines, by mode.");
  for (const { id: cpu, times } of cores) {
    sink.value(times?.guestNice, { cpu, mode: "nice" });
    sink.value(times?.guest, { cpu, mode: "user" });
  }
  sink.family("node_cpu_seconds_total", "counter", "Time of each core, by what it was spent on.");
  for (const { id: cpu, times } of cores) {
    if (times === undefined) continue;
    for (const mode of MODES) sink.value(times[mode], { cpu, mode });
  }
}

const FREQUENCIES = [
  ["node_cpu_frequency_hertz", "measuredHertz", "Frequency of each core as the hardware tells it."],
  ["node_cpu_frequency_max_hertz", "maxHertz", "Highest frequency that the hardware can run at."],
  ["node_cpu_frequency_min_hertz", "minHertz", "Lowest frequency that the hardware can run at."],
  ["node_cpu_scaling_frequency_hertz", "hertz", "Frequency of each core as the system steers it."],
  ["node_cpu_scaling_frequency_max_hertz", "scalingMaxHertz", "Highest frequency that the system allows."],
  ["node_cpu_scaling_frequency_min_hertz", "scalingMinHertz", "Lowest frequency that the system allows."],
] as const;

function writeFrequencies(cores: readonly CpuCore[], sink: MetricSink): void {
  for (const [name, field, help] of FREQUENCIES) writeEach(sink, name, "gauge", help, cores, (core) => core[field]);
  const governed = cores.filter(({ governor }) => governor !== undefined);
  if (governed.length === 0) return;
  sink.family("node_cpu_scaling_governor", "gauge", "Which of its governors steers the frequency of a core.");
  for (const { id: cpu, governor = "", governors = [governor] } of governed) {
    for (const name of governors) sink.value(name === governor ? 1 : 0, { cpu, governor: name });
  }
}

/** The logical cores of a physical one count its throttling together, as those of a package do the package's. */
function writeThrottles(cores: readonly CpuCore[], sink: MetricSink): void {
  const physical = new Map<string, CpuCore>();
  const packages = new Map<string, CpuCore>();
  for (const core of cores) {
    const { coreId, packageId, coreThrottles, packageThrottles } = core;
    if (coreId === undefined || packageId === undefined) continue;
    const place = `${packageId}/${coreId}`;
    if (coreThrottles !== undefined && !physical.has(place)) physical.set(place, core);
    if (packageThrottles !== undefined && !packages.has(packageId)) packages.set(packageId, core);
  }
  if (physical.size === 0 && packages.size === 0) return;
  sink.family("node_cpu_core_throttles_total", "counter", "How often a physical core was slowed down for its heat.");
  for (const { coreId: core = "", packageId = "", coreThrottles } of physical.values()) {
    sink.value(coreThrottles, { core, package: packageId });
  }
  sink.family("node_cpu_package_throttles_total", "counter", "How often a package was slowed down for its heat.");
  for (const { packageId = "", packageThrottles } of packages.values()) {
    sink.value(packageThrottles, { package: packageId });
  }
}

function writeScheduled(cores: readonly CpuCore[], sink: MetricSink): void {
  if (!cores.some(({ scheduled }) => scheduled !== undefined)) return;
  const each = (what: string, help: string, value: (core: CpuCore) => number | undefined) =>
    writeEach(sink, `node_schedstat_${what}_total`, "counter", help, cores, value);
  each("running_seconds", "Time in which a core ran tasks.", (core) => core.scheduled?.runningSeconds);
  each("timeslices", "How often a task was given a core.", (core) => core.scheduled?.timeslices);
  each("waiting_seconds", "Time that tasks waited for a core.", (core) => core.scheduled?.waitingSeconds);
}

function writeFacts(
  { cores, logicalCores, physicalCores, packages, model, vendor }: CpuSample,
  sink: MetricSink,
): void {
  if (model !== undefined || vendor !== undefined) {
    sink.family("node_cpu_info", "gauge", "What each core is; the value is always 1.");
    const what = { ...(model && { model_name: model }), ...(vendor && { vendor }) };
    for (const { id: cpu, coreId, packageId } of cores) {
      const place = { ...(coreId && { core: coreId }), cpu, ...(packageId && { package: packageId }) };
      sink.value(1, { ...place, ...what });
    }
  }
  writeEach(
    sink,
    "node_cpu_isolated",
    "gauge",
    "Cores that were kept out of the scheduler's balancing at boot.",
    cores,
    ({ isolated }) => isolated ? 1 : undefined,
  );
  single(sink, "farhand_cpu_logical_cores", "gauge", "Logical cores that are online.", logicalCores);
  single(sink, "farhand_cpu_physical_cores", "gauge", "Physical cores that are online.", physicalCores);
  single(sink, "farhand_cpu_packages", "gauge", "Processor packages with a core that is online.", packages);
}

function writeEach(
  sink: MetricSink,
  name: string,
  type: "counter" | "gauge",
  help: string,
  cores: readonly CpuCore[],
  valueOf: (core: CpuCore) => number | undefined,
): void {
  let begun = false;
  for (const core of cores) {
    const value = valueOf(core);
    if (value === undefined) continue;
    if (!begun) begun = sink.family(name, type, help);
    sink.value(value, { cpu: core.id });
  }
}
