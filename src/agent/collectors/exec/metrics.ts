import type { MetricSink, MetricType } from "../../../core/mod.ts";
import type { ExecSample } from "../../../protocol/mod.ts";
import { emitFamilies } from "../user_metrics/emit.ts";

/** How the command did, and then what it printed, under its own names. */
export function execMetrics(sample: ExecSample, sink: MetricSink): void {
  const labels = { name: sample.name };
  const one = (what: string, help: string, value: number | undefined, type: MetricType = "gauge") => {
    if (value !== undefined && sink.family(`farhand_exec_${what}`, type, help)) sink.value(value, labels);
  };
  one("success", "1 when the command's last run ended well and its output was understood, else 0.", sample.ok ? 1 : 0);
  one("duration_seconds", "How long the command's last run took.", sample.durationMs / 1_000);
  one("exit_code", "The exit code of the command's last run, where it ended by itself.", sample.exitCode);
  emitFamilies(sample.families, sink);
}
