import type { MetricSink } from "../../../core/mod.ts";
import type { MetricFamily } from "../../../protocol/mod.ts";

/** Writes a user's own metrics under their own names. One whose name the agent has for another type is left out. */
export function emitFamilies(families: readonly MetricFamily[], sink: MetricSink): void {
  for (const { name, type, help, values } of families) {
    if (!sink.family(name, type, help)) continue;
    const hasParts = type === "histogram" || type === "summary";
    for (const { labels, value, suffix = "" } of values) {
      if (hasParts) sink.part(suffix, value, labels);
      else sink.value(value, labels);
    }
  }
}
