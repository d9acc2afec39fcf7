import { type MetricSink, type MetricType, single } from "../../../core/mod.ts";
import type { SelfSample } from "../../../protocol/mod.ts";

type Row = readonly [name: string, type: MetricType, help: string, valueOf: (sample: SelfSample) => number | undefined];

/** `process_*` as every Prometheus client names them, on all systems. */
const METRICS: readonly Row[] = [
  [
    "farhand_self_anonymous_bytes",
    "gauge",
    "Memory of the agent that no file stands for.",
    (self) => self.anonymousBytes,
  ],
  [
    "farhand_self_event_loop_lag_max_seconds",
    "gauge",
    "The worst that the agent's event loop was late in the last reading.",
    (self) => self.eventLoopLagMaxSeconds,
  ],
  [
    "farhand_self_event_loop_lag_seconds",
    "gauge",
    "How late the agent's event loop was when last looked at.",
    (self) => self.eventLoopLagSeconds,
  ],
  [
    "farhand_self_heap_total_bytes",
    "gauge",
    "Memory taken for the agent's JavaScript heap.",
    (self) => self.heapTotalBytes,
  ],
  ["farhand_self_heap_used_bytes", "gauge", "What the agent's JavaScript heap holds.", (self) => self.heapUsedBytes],
  ["farhand_self_threads", "gauge", "Threads of the agent.", (self) => self.threads],
  ["process_cpu_seconds_total", "counter", "Processor time of the agent.", (self) => self.cpuSeconds],
  ["process_max_fds", "gauge", "Files that the agent may hold open.", (self) => self.openFilesLimit],
  ["process_open_fds", "gauge", "Files that the agent holds open.", (self) => self.openFiles],
  ["process_resident_memory_bytes", "gauge", "Memory of the agent.", (self) => self.rssBytes],
  [
    "process_start_time_seconds",
    "gauge",
    "When the agent started, in seconds since 1970.",
    (self) => self.startedMs / 1000,
  ],
  [
    "process_virtual_memory_bytes",
    "gauge",
    "Addresses that the agent has reserved, in bytes.",
    (self) => self.virtualBytes,
  ],
  [
    "process_virtual_memory_max_bytes",
    "gauge",
    "Addresses that the agent may reserve, in bytes.",
    (self) => self.virtualLimitBytes,
  ],
];

export function selfMetrics(sample: SelfSample, sink: MetricSink): void {
  for (const [name, type, help, valueOf] of METRICS) single(sink, name, type, help, valueOf(sample));
  const queues = Object.entries(sample.queues).sort(([a], [b]) => a < b ? -1 : 1);
  if (queues.length === 0) return;
  sink.family("farhand_self_queue_length", "gauge", "How many things wait in a queue of the agent.");
  for (const [queue, length] of queues) sink.value(length, { queue });
}
