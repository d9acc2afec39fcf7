import type { JSX } from "preact";
import type { HostView, SamplesReport } from "../../../../protocol/mod.ts";
import { agentPath, api } from "../../../kit/api.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { queryParam } from "../../../kit/router.tsx";
import { Section } from "../../../ui/page.tsx";
import { Note, Problem } from "../../../ui/problem.tsx";
import { Loading, useResource } from "../../../ui/resource.tsx";
import { Segments } from "../../../ui/tabs.tsx";
import { isReachable } from "../../processes/model/process_row.ts";
import { Charts } from "./chart_grid.tsx";
import { Facts } from "./facts.tsx";
import { Interfaces, Mounts } from "./mounts.tsx";
import { Readings, SHOWN_COLLECTORS } from "./readings.ts";
import { PressureTable, Sensors } from "./sensors.tsx";
import { type Span, useSamples } from "./use_samples.ts";

const READ_EVERY_MS = 10_000;
const range = queryParam("range");

export function Overview({ host }: { readonly host: HostView }): JSX.Element {
  const span: Span = range.value === "24h" ? "24h" : "1h";
  return (
    <div class="stack loose">
      <Facts host={host} />
      <Section
        title={t("host.charts")}
        actions={
          <Segments
            label={t("host.span")}
            value={span}
            options={[{ value: "1h", label: t("host.span_1h") }, { value: "24h", label: t("host.span_24h") }]}
            onChange={(value) => range.value = value === "1h" ? "" : value}
          />
        }
      >
        <LiveCharts host={host} span={span} />
      </Section>
      <LiveReadings key={host.id} host={host} />
    </div>
  );
}

function LiveCharts({ host, span }: { readonly host: HostView; readonly span: Span }): JSX.Element {
  const samples = useSamples(host, span);
  const { problem, isLoading, reload } = samples.resource;
  return (
    <>
      {problem.value !== undefined && (
        <Problem problem={problem.value} title={t("host.no_samples")} isBusy={isLoading.value} onRetry={reload} />
      )}
      {samples.window !== null
        ? <Charts window={samples.window} rangeMs={samples.rangeMs} version={samples.version} />
        : (
          problem.value === undefined && <Loading />
        )}
    </>
  );
}

/** What the host itself tells of its mounts, interfaces and sensors. */
function LiveReadings({ host }: { readonly host: HostView }): JSX.Element | null {
  const isThere = isReachable(host.state) && host.kind === "agent";
  if (!isThere) return <Note>{t(host.kind === "worker" ? "host.worker_reads" : "host.away_reads")}</Note>;
  return <Read host={host} />;
}

function Read({ host }: { readonly host: HostView }): JSX.Element {
  const report = useResource(
    (signal) =>
      api.get<SamplesReport>(agentPath(host.id, "/v1/samples"), {
        query: { collectors: SHOWN_COLLECTORS.join(",") },
        signal,
      }),
    [host.id],
    { everyMs: READ_EVERY_MS },
  );
  const { data, problem, isLoading } = report;
  const readings = new Readings(data.value ?? null);
  return (
    <>
      {problem.value !== undefined && (
        <Problem
          problem={problem.value}
          title={t("host.no_readings")}
          isBusy={isLoading.value}
          onRetry={report.reload}
        />
      )}
      {data.value === undefined ? problem.value === undefined && <Loading /> : (
        <>
          <Mounts rows={readings.mounts()} problems={readings.problems("disk")} />
          <Interfaces rows={readings.interfaces()} problems={readings.problems("network")} />
          <div class="grid2">
            <PressureTable rows={readings.pressures()} />
            <Sensors rows={readings.sensors()} />
          </div>
        </>
      )}
    </>
  );
}
