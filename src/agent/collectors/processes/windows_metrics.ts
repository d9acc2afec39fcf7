import { type MetricSink, single } from "../../../core/mod.ts";
import type { ProcessesSample } from "../../../protocol/mod.ts";

/** As windows_exporter's collector system names them, and its collector os did until version 0.30. */
export function windowsProcessesMetrics({ total, threads }: ProcessesSample, sink: MetricSink): void {
  single(sink, "windows_os_processes", "gauge", "Processes that exist.", total);
  single(sink, "windows_system_processes", "gauge", "Processes that exist.", total);
  single(sink, "windows_system_threads", "gauge", "Threads of all processes.", threads);
}
