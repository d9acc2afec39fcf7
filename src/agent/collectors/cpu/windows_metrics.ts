import { type MetricSink, single } from "../../../core/mod.ts";
import type { CpuCore, CpuSample, CpuTimes } from "../../../protocol/mod.ts";

const HERTZ_PER_MHZ = 1_000_000;
/** Windows' modes: its privileged time has that of interrupts and deferred calls in it, its others stand alone. */
const MODES: readonly (readonly [mode: string, seconds: (times: CpuTimes) => number | undefined])[] = [
  ["dpc", ({ softirq }) => softirq],
  ["idle", ({ idle }) => idle],
  ["interrupt", ({ irq }) => irq],
  ["privileged", ({ system, irq = 0, softirq = 0 }) => system + irq + softirq],
  ["user", ({ user }) => user],
];
/** Numbers of Win32_Processor.Architecture, by the first word of the description. */
const ARCHITECTURES: readonly (readonly [words: RegExp, number: string])[] = [
  [/^(?:AMD64|Intel64)\b/, "9"],
  [/^ARM/, "12"],
  [/^x86\b/, "0"],
];

/** As windows_exporter's collectors cpu, cpu_info, cs and system name them. */
export function windowsCpuMetrics(sample: CpuSample, sink: MetricSink): void {
  writeCores(sample.cores, sink);
  writeInfo(sample, sink);
  const gauge = (name: string, help: string, value: number | undefined) => single(sink, name, "gauge", help, value);
  gauge("windows_cpu_logical_processor", "Logical cores that are online.", sample.logicalCores);
  gauge("windows_cs_logical_processors", "Logical cores that are online.", sample.logicalCores);
  gauge("farhand_cpu_physical_cores", "Physical cores that are online.", sample.physicalCores);
  gauge("farhand_cpu_packages", "Processor packages with a core that is online.", sample.packages);
  const boot = "When the system started, in seconds since 1970 UTC.";
  gauge("windows_system_boot_time_timestamp_seconds", boot, sample.bootSeconds);
  gauge("windows_system_system_up_time", boot, sample.bootSeconds); // its name until version 0.30
  const switches = "Changes from one thread to another.";
  single(sink, "windows_system_context_switches_total", "counter", switches, sample.contextSwitches);
}

function writeCores(cores: readonly CpuCore[], sink: MetricSink): void {
  if (cores.some(({ hertz }) => hertz !== undefined)) {
    sink.family("windows_cpu_core_frequency_mhz", "gauge", "Frequency of each core.");
    for (const { id: core, hertz } of cores) {
      sink.value(hertz === undefined ? undefined : hertz / HERTZ_PER_MHZ, { core });
    }
  }
  if (cores.some(({ interrupts }) => interrupts !== undefined)) {
    sink.family("windows_cpu_interrupts_total", "counter", "Interrupts that each core has served.");
    for (const { id: core, interrupts } of cores) sink.value(interrupts, { core });
  }
  sink.family("windows_cpu_time_total", "counter", "Time of each core in seconds, by what it was spent on.");
  for (const { id: core, times } of cores) {
    if (times === undefined) continue;
    for (const [mode, seconds] of MODES) sink.value(seconds(times), { core, mode });
  }
}

/** The family's number is the firmware's to tell, and is not read; the label is there so that queries find it. */
function writeInfo({ model, description, packages = 1 }: CpuSample, sink: MetricSink): void {
  if (model === undefined) return;
  sink.family("windows_cpu_info", "gauge", "What each processor is; the value is always 1.");
  const architecture = ARCHITECTURES.find(([words]) => words.test(description ?? ""))?.[1] ?? "";
  for (let i = 0; i < packages; i++) {
    sink.value(1, { architecture, description: description ?? "", device_id: `CPU${i}`, family: "", name: model });
  }
}
