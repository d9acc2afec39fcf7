import { type MetricSink, single } from "../../../core/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { windowsKernelMetrics } from "./windows_metrics.ts";

const CLOCK_HELP: Readonly<Record<string, string>> = {
  estimated_error_seconds: "How wrong the clock is estimated to be.",
  frequency_adjustment_ratio: "By what the clock's pace is multiplied.",
  loop_time_constant: "How slowly the clock follows its reference, as the kernel counts it.",
  maxerror_seconds: "How wrong the clock may be at most.",
  pps_calibration_total: "Intervals of calibration by a pulse per second.",
  pps_error_total: "Errors of calibration by a pulse per second.",
  pps_frequency_hertz: "Frequency of the pulse per second, as the kernel has it.",
  pps_jitter_seconds: "Jitter of the pulse per second.",
  pps_jitter_total: "How often the jitter of the pulse per second was too large.",
  pps_shift_seconds: "Length of the interval of calibration by a pulse per second, as the kernel has it.",
  pps_stability_exceeded_total: "How often the pulse per second was too unstable.",
  pps_stability_hertz: "How much the frequency of the pulse per second varies.",
  status: "The kernel's bits of the clock's state.",
  tai_offset_seconds: "How far International Atomic Time is ahead.",
  tick_seconds: "Time between two ticks of the clock.",
};

export function kernelMetrics(sample: KernelSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") return windowsKernelMetrics(sample, sink);
  const gauge = (name: string, help: string, value: number | undefined) => single(sink, name, "gauge", help, value);
  gauge("node_entropy_available_bits", "Randomness that the kernel has gathered.", sample.entropyBits);
  gauge("node_entropy_pool_size_bits", "Randomness that the kernel can hold.", sample.entropyPoolBits);
  gauge("node_filefd_allocated", "Open files of all processes.", sample.openFiles);
  gauge("node_filefd_maximum", "How many files can be open.", sample.openFilesLimit);
  gauge("farhand_kernel_uptime_seconds", "Time since the system started.", sample.uptimeSeconds);
  writeSelinux(sample.selinux, sink);
  writeTime(sample, sink);
  writeClock(sample.clock, sink);
}

/** Modes are 1 for enforcing, 0 for permissive and -1 for disabled. */
function writeSelinux(selinux: KernelSample["selinux"], sink: MetricSink): void {
  if (selinux === undefined) return;
  const { enabled, enforcing, configured } = selinux;
  const gauge = (name: string, help: string, value: number | undefined) =>
    single(sink, `node_selinux_${name}`, "gauge", help, value);
  const mode = configured === undefined
    ? undefined
    : configured === "enforcing"
    ? 1
    : configured === "permissive"
    ? 0
    : -1;
  gauge("config_mode", "Mode that SELinux starts in.", mode);
  gauge("current_mode", "Mode that SELinux is in.", enforcing === undefined ? undefined : Number(enforcing));
  gauge("enabled", "Whether SELinux is on.", Number(enabled));
}

function writeTime({ clock, timeSeconds, timeZone, utcOffsetSeconds }: KernelSample, sink: MetricSink): void {
  const { source, sources = [] } = clock ?? {};
  if (sources.length > 0) {
    sink.family("node_time_clocksource_available_info", "gauge", "What the kernel could take its time from.");
    for (const clocksource of sources) sink.value(1, { clocksource, device: "0" });
  }
  if (source !== undefined) {
    sink.family("node_time_clocksource_current_info", "gauge", "What the kernel takes its time from.");
    sink.value(1, { clocksource: source, device: "0" });
  }
  single(sink, "node_time_seconds", "gauge", "The host's clock, in seconds since 1970 UTC.", timeSeconds);
  if (utcOffsetSeconds === undefined) return;
  sink.family("node_time_zone_offset_seconds", "gauge", "How far the host's time zone is ahead of UTC.");
  sink.value(utcOffsetSeconds, timeZone === undefined ? {} : { time_zone: timeZone });
}

function writeClock(clock: KernelSample["clock"], sink: MetricSink): void {
  if (clock === undefined) return;
  const { synchronised, offsetSeconds, values = {} } = clock;
  single(sink, "node_timex_offset_seconds", "gauge", "How far the clock is from its reference.", offsetSeconds);
  single(sink, "node_timex_sync_status", "gauge", "Whether the clock follows a reference.", Number(synchronised));
  for (const name in CLOCK_HELP) {
    const type = name.endsWith("_total") ? "counter" : "gauge";
    single(sink, `node_timex_${name}`, type, CLOCK_HELP[name] ?? "", values[name]);
  }
}
