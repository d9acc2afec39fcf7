import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { agentPath, api } from "../../kit/api.ts";
import { bytes, bytesPerSecond, percent } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Chart, type ChartSeries } from "../../ui/chart.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { thresholdsOf, type UsageLines, usageLines } from "./model/usage_lines.ts";

const EVERY_MS = 10_000;
const HEIGHT = 120;
const SPAN_MS = 3_600_000;

/** What a process and its descendants have used in the last hour, as its host remembers it. */
export function UsageCharts({ hostId, processId }: {
  readonly hostId: string;
  readonly processId: string;
}): JSX.Element {
  const usage = useResource(
    (signal) =>
      api.get<unknown>(agentPath(hostId, `/v1/processes/${encodeURIComponent(processId)}/usage`), {
        query: { duration: "1h" },
        signal,
      }),
    [hostId, processId],
    { everyMs: EVERY_MS },
  );
  return <Loaded resource={usage} title={t("processes.no_usage")}>{(report) => <Charts report={report} />}</Loaded>;
}

function Charts({ report }: { readonly report: unknown }): JSX.Element {
  const lines = useMemo(() => usageLines(report, Date.now()), [report]);
  if (lines.timesMs.length === 0) return <p class="muted">{t("processes.nothing_measured")}</p>;
  const thresholds = thresholdsOf(report);
  return (
    <div class="stack">
      <Line
        title={t("processes.cpu")}
        lines={lines}
        format={percent}
        series={[{ label: t("processes.cpu"), values: lines.cpuPercent, isFilled: true }]}
        limit={thresholds.cpu}
      />
      <Line
        title={t("processes.memory")}
        lines={lines}
        format={bytes}
        series={[{ label: t("processes.memory"), values: lines.rssBytes, isFilled: true, colour: 2 }]}
        limit={thresholds.memoryBytes}
      />
      <Line
        title={t("processes.io")}
        lines={lines}
        format={bytesPerSecond}
        series={[
          { label: t("processes.read"), values: lines.readBytesPerSecond, colour: 4 },
          { label: t("processes.written"), values: lines.writtenBytesPerSecond, colour: 3 },
        ]}
      />
    </div>
  );
}

/** With its threshold, where it has one, as a line of its own. */
function Line({ title, lines, series, format, limit }: {
  readonly title: string;
  readonly lines: UsageLines;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number | null) => string;
  readonly limit?: number | undefined;
}): JSX.Element {
  const { timesMs } = lines;
  const toMs = timesMs.at(-1) ?? 0;
  const threshold = limit === undefined ? [] : [{
    label: t("processes.threshold"),
    values: timesMs.map(() => limit),
    colour: 5,
  }];
  return (
    <div class="stack tight">
      <h4 class="small muted">{title}</h4>
      <Chart
        label={title}
        timesMs={timesMs}
        series={[...series, ...threshold]}
        format={format}
        height={HEIGHT}
        syncKey="process-usage"
        rangeMs={[toMs - SPAN_MS, toMs]}
      />
    </div>
  );
}
