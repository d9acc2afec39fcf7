import { type MetricSink, single } from "../../../core/mod.ts";
import type { LoadSample } from "../../../protocol/mod.ts";

export function loadMetrics(sample: LoadSample, sink: MetricSink): void {
  single(sink, "node_load1", "gauge", "Load average over 1 minute.", sample.load1);
  single(sink, "node_load15", "gauge", "Load average over 15 minutes.", sample.load15);
  single(sink, "node_load5", "gauge", "Load average over 5 minutes.", sample.load5);
  single(sink, "farhand_load_runnable_threads", "gauge", "Threads that run or could run now.", sample.runnable);
  single(sink, "farhand_load_threads", "gauge", "Threads that exist.", sample.threads);
}
