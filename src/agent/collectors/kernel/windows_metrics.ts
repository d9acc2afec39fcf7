import { type MetricSink, single } from "../../../core/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";

/** As windows_exporter's collectors time and os name them; it has no count of all handles. */
export function windowsKernelMetrics(sample: KernelSample, sink: MetricSink): void {
  const { openFiles, uptimeSeconds, timeSeconds, timeZone: timezone } = sample;
  const gauge = (name: string, help: string, value: number | undefined) => single(sink, name, "gauge", help, value);
  gauge("farhand_kernel_open_handles", "Open handles of all processes.", openFiles);
  gauge("farhand_kernel_uptime_seconds", "Time since the system started.", uptimeSeconds);
  const clock = "The host's clock, in seconds since 1970 UTC.";
  gauge("windows_os_time", clock, timeSeconds); // its name until version 0.30
  const zone = "The host's time zone; the value is always 1.";
  const zoneInfo = (name: string) => {
    if (timezone !== undefined && sink.family(name, "gauge", zone)) sink.value(1, { timezone });
  };
  zoneInfo("windows_os_timezone");
  gauge("windows_time_current_timestamp_seconds", clock, timeSeconds);
  zoneInfo("windows_time_timezone");
}
