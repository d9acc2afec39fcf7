import { type MetricSink, type MetricType, single } from "../../../core/mod.ts";
import type { ProcessesSample, SupervisedUse } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { stateLetter } from "./states.ts";
import { windowsProcessesMetrics } from "./windows_metrics.ts";

export function processesMetrics(sample: ProcessesSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") windowsProcessesMetrics(sample, sink);
  else nodeTotals(sample, sink);
  for (const [name, type, help, valueOf] of SUPERVISED) {
    for (const use of sample.supervised) {
      const value = valueOf(use);
      if (value !== undefined && sink.family(name, type, help)) sink.value(value, { process: use.id });
    }
  }
}

/** As node_exporter's collector `processes` names them, which has to be switched on there. */
function nodeTotals({ total, states, threads, threadsLimit, pidLimit }: ProcessesSample, sink: MetricSink): void {
  single(sink, "node_processes_max_processes", "gauge", "The largest number of process ids.", pidLimit);
  single(sink, "node_processes_max_threads", "gauge", "The largest number of threads.", threadsLimit);
  single(sink, "node_processes_pids", "gauge", "Processes that exist.", total);
  const letters = Object.keys(states).flatMap((state) => {
    const letter = stateLetter(state);
    return letter === null ? [] : [{ letter, count: states[state] }];
  });
  sink.family("node_processes_state", "gauge", "Processes by what they are doing.");
  for (const { letter, count } of letters.sort((a, b) => a.letter < b.letter ? -1 : 1)) {
    sink.value(count, { state: letter });
  }
  single(sink, "node_processes_threads", "gauge", "Threads of all processes.", threads);
}

type Row = readonly [name: string, type: MetricType, help: string, valueOf: (use: SupervisedUse) => number | undefined];

/** The largest users are not among them: their names come and go, and each would be a series of its own for ever. */
const SUPERVISED: readonly Row[] = [
  [
    "farhand_process_cpu_seconds_total",
    "counter",
    "Processor time of a supervised process and its descendants.",
    (use) => use.cpuSeconds,
  ],
  [
    "farhand_process_open_files",
    "gauge",
    "Files that a supervised process and its descendants hold open.",
    (use) => use.openFiles,
  ],
  [
    "farhand_process_processes",
    "gauge",
    "Processes of which a supervised process and its descendants are made.",
    (use) => use.processes,
  ],
  [
    "farhand_process_pss_bytes",
    "gauge",
    "Memory of a supervised process and its descendants, with shared pages in parts.",
    (use) => use.pssBytes,
  ],
  [
    "farhand_process_read_bytes_total",
    "counter",
    "Bytes that a supervised process and its descendants made the storage read.",
    (use) => use.readBytes,
  ],
  [
    "farhand_process_rss_bytes",
    "gauge",
    "Memory of a supervised process and its descendants, with shared pages in full for each.",
    (use) => use.rssBytes,
  ],
  [
    "farhand_process_start_time_seconds",
    "gauge",
    "When a supervised process started, in seconds since 1970.",
    (use) => use.startedMs === undefined ? undefined : use.startedMs / 1000,
  ],
  ["farhand_process_threads", "gauge", "Threads of a supervised process and its descendants.", (use) => use.threads],
  [
    "farhand_process_written_bytes_total",
    "counter",
    "Bytes that a supervised process and its descendants had written to storage.",
    (use) => use.writtenBytes,
  ],
];
