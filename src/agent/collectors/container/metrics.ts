import { type MetricSink, type MetricType, single } from "../../../core/mod.ts";
import type { ContainerSample } from "../../../protocol/mod.ts";

type Row = readonly [
  what: string,
  type: MetricType,
  help: string,
  valueOf: (sample: ContainerSample) => number | undefined,
];

/** node_exporter has nothing of the group that it is in itself. */
const METRICS: readonly Row[] = [
  ["cpu_limit_cores", "gauge", "Cores that the control group may use.", (sample) => sample.cpuLimitCores],
  ["cpu_periods_total", "counter", "Periods for which the processor limit counts.", (sample) => sample.periods],
  ["cpu_seconds_total", "counter", "Processor time that the control group has used.", (sample) => sample.cpuSeconds],
  [
    "cpu_throttled_periods_total",
    "counter",
    "Periods in which threads had to wait.",
    (sample) => sample.throttledPeriods,
  ],
  ["cpu_throttled_seconds_total", "counter", "Time that threads had to wait.", (sample) => sample.throttledSeconds],
  ["memory_limit_bytes", "gauge", "Memory that the control group may use.", (sample) => sample.memoryLimitBytes],
  ["memory_used_bytes", "gauge", "Memory that the control group uses.", (sample) => sample.memoryUsedBytes],
  [
    "memory_working_set_bytes",
    "gauge",
    "Memory that the control group uses, without what can be dropped at once.",
    (sample) => sample.memoryWorkingSetBytes,
  ],
  ["oom_kills_total", "counter", "Processes that were killed because memory ran out.", (sample) => sample.oomKills],
  ["processes", "gauge", "Processes in the control group.", (sample) => sample.processes],
  ["processes_limit", "gauge", "Processes that the control group may have.", (sample) => sample.processesLimit],
  ["swap_limit_bytes", "gauge", "Swap that the control group may use.", (sample) => sample.swapLimitBytes],
];

export function containerMetrics(sample: ContainerSample, sink: MetricSink): void {
  for (const [what, type, help, valueOf] of METRICS) {
    single(sink, `farhand_container_${what}`, type, help, valueOf(sample));
  }
}
