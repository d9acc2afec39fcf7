import { type MetricSink, single } from "../../../core/mod.ts";
import type { TextfileSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { emitFamilies } from "../user_metrics/emit.ts";

/** The times are whole seconds, as node_exporter has them; a file with an error has none, so that it is seen to be stale. */
export function textfileMetrics({ files, families, error }: TextfileSample, sink: MetricSink, naming: Naming): void {
  const prefix = naming === "windows" ? "windows" : "node";
  const read = files.filter((file) => file.error === undefined);
  const mtime = "When each file was last changed, in seconds since 1970, where it could be read.";
  if (read.length > 0 && sink.family(`${prefix}_textfile_mtime_seconds`, "gauge", mtime)) {
    for (const { name, modifiedMs } of read) sink.value(Math.floor(modifiedMs / 1_000), { file: name });
  }
  const failed = error !== undefined || read.length < files.length;
  const help = "1 when the directory or a file of it could not be read or used, else 0.";
  single(sink, `${prefix}_textfile_scrape_error`, "gauge", help, failed ? 1 : 0);
  emitFamilies(families, sink);
}
