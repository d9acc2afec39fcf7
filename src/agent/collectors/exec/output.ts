import { oneLine } from "../../../core/mod.ts";
import type { CommandRun } from "../../../platform/mod.ts";
import type { ExecSample, MetricFamily } from "../../../protocol/mod.ts";
import type { CollectorsConfig } from "../contract.ts";
import { parseJsonMetrics } from "../user_metrics/json_metrics.ts";
import type { Parsed } from "../user_metrics/parsed.ts";
import { parsePrometheusText } from "../user_metrics/prometheus_text.ts";

type ExecOptions = CollectorsConfig["exec"][number];

/** What one run comes to. */
export interface Verdict extends Pick<ExecSample, "ok" | "reason" | "exitCode"> {
  readonly families: MetricFamily[];
}

const MAX_STDERR_LENGTH = 200;

/** Judges a run that ended. After a failure there are no metrics: those of an earlier run would be taken for new ones. */
export function verdictOf(run: CommandRun, options: ExecOptions): Verdict {
  const unable = unableToEnd(run, options);
  if (unable !== null) return failed(unable);
  const { code = 0, signal = null } = run.status ?? {};
  if (signal !== null) return failed(`ended by ${signal}${firstLine(run.stderr)}`);
  if (code !== 0) {
    return { ...failed(`exit code ${code}${firstLine(run.stderr)}`), exitCode: code };
  }
  const { families, error } = parsed(run.stdout, options);
  if (error !== undefined) return { ...failed(`its output: ${error}`), exitCode: code };
  const help = `Printed by the command ${options.name}.`;
  return { ok: true, exitCode: code, families: families.map((family) => ({ ...family, help: family.help || help })) };
}

function unableToEnd({ killedFor, status }: CommandRun, { timeout, max_output }: ExecOptions): string | null {
  const killed = status === null ? ", and could not be killed" : "";
  switch (killedFor) {
    case "timeout":
      return `timed out after ${timeout}${killed}`;
    case "output":
      return `printed more than ${max_output}${killed}`;
    case "stop":
      return `stopped${killed}`;
    case null:
      return null;
  }
}

export function failed(reason: string): Verdict {
  return { ok: false, reason, families: [] };
}

function parsed(stdout: Uint8Array, { name, format }: ExecOptions): Parsed {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(stdout);
  } catch (error) {
    if (error instanceof TypeError) return { families: [], error: "it is not UTF-8" };
    throw error;
  }
  return format === "json" ? parseJsonMetrics(text, name) : parsePrometheusText(text);
}

/** The first line of stderr that says anything. */
function firstLine(stderr: Uint8Array): string {
  const text = new TextDecoder().decode(stderr).trimStart();
  const line = oneLine(text.split(/[\r\n]/, 1)[0] ?? "", MAX_STDERR_LENGTH);
  return line === "" ? "" : `: ${line}`;
}
