import type { JSX } from "preact";
import { HOST_STATES, type HostView } from "../../../protocol/mod.ts";
import { bytesPerSecond, duration, percent } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { LabelRow } from "../../ui/labels.tsx";
import { Sparkline } from "../../ui/sparkline.tsx";
import { usualBridge } from "../../ui/sparkline_path.ts";
import type { Column } from "../../ui/table.tsx";
import { Since } from "../../ui/time.tsx";
import { isAway } from "./host_filter.ts";
import { type Trends, type TrendSeries, trendValues } from "./trends.ts";

const SPARK_WIDTH = 42;
const FULL = 100;
/** Two minutes without a word are a gap, however seldom a host reports. */
const MAX_BRIDGE = 11;
/** From where a figure is worth a look. */
const HIGH_PERCENT = 90;
const COLOURS: Readonly<Record<TrendSeries, number>> = { cpu: 1, memory: 2, disk: 3, network: 4 };

export interface ColumnsOptions {
  readonly trends: Trends;
  readonly onLabel: (key: string, value: string) => void;
}

export function hostColumns(options: ColumnsOptions): Column<HostView>[] {
  return [...stateColumns(), ...loadColumns(options), ...factColumns()];
}

function stateColumns(): Column<HostView>[] {
  return [
    {
      id: "name",
      title: t("common.name"),
      width: 140,
      grow: 2,
      sort: ({ name }) => name,
      cell: (host) => <Name host={host} />,
    },
    {
      id: "state",
      title: t("common.state"),
      width: 124,
      grow: 1,
      priority: 2,
      sort: ({ state }) => HOST_STATES.indexOf(state),
      cell: (host) => <State host={host} />,
    },
  ];
}

function loadColumns({ trends, onLabel }: ColumnsOptions): Column<HostView>[] {
  const figure = (series: TrendSeries, priority: number): Column<HostView> => ({
    id: series,
    title: t(`hosts.${series}`),
    width: SPARK_WIDTH + (series === "network" ? 80 : 50),
    priority,
    isEnd: true,
    isDescending: true,
    sort: (host) => isAway(host) ? null : valueOf(host, series),
    cell: (host) => <Figure host={host} series={series} trends={trends} />,
  });
  return [
    figure("cpu", 3),
    figure("memory", 4),
    figure("disk", 5),
    figure("network", 6),
    {
      id: "processes",
      title: t("hosts.processes"),
      width: 78,
      priority: 4,
      isEnd: true,
      isDescending: true,
      sort: ({ processes }) => processes.bad * 10_000 + processes.total,
      cell: (host) => <Processes host={host} />,
    },
    {
      id: "labels",
      title: t("common.labels"),
      // Two of the usual kind, `env=prod` and `role=web`.
      width: 148,
      grow: 2,
      priority: 7,
      cell: ({ labels }) => <LabelRow labels={labels} onPick={onLabel} />,
    },
  ];
}

function factColumns(): Column<HostView>[] {
  return [
    {
      id: "latency",
      title: t("hosts.latency"),
      width: 60,
      priority: 8,
      isEnd: true,
      isDescending: true,
      sort: ({ latencyMs }) => latencyMs,
      cell: (host) => isAway(host) ? "–" : duration(host.latencyMs),
    },
    {
      id: "version",
      title: t("hosts.version"),
      width: 46,
      priority: 9,
      sort: ({ facts }) => facts?.version,
      cell: ({ facts }) => <span class="muted cut">{visible(facts?.version ?? "–", 30)}</span>,
    },
    {
      id: "system",
      title: t("hosts.system"),
      width: 150,
      priority: 10,
      sort: ({ facts }) => facts?.osName ?? facts?.os,
      cell: ({ facts }) => <span class="muted cut">{visible(facts?.osName ?? facts?.os ?? "–", 60)}</span>,
    },
    {
      id: "uptime",
      title: t("hosts.uptime"),
      width: 80,
      priority: 11,
      isEnd: true,
      isDescending: true,
      sort: ({ uptimeMs }) => uptimeMs,
      cell: ({ uptimeMs }) => duration(uptimeMs),
    },
  ];
}

function valueOf({ latest }: HostView, series: TrendSeries): number | null {
  return latest === undefined ? null : trendValues(latest.values)[series];
}

function Name({ host }: { readonly host: HostView }): JSX.Element {
  const name = visible(host.name, 80);
  const [cpu, memory] = [valueOf(host, "cpu"), valueOf(host, "memory")];
  return (
    <span class="hosts-name">
      <span class="row hosts-first">
        <Link href={hostHref(host.name)} class="hosts-link cut strong" title={name}>{name}</Link>
        {host.kind === "worker" && <Badge title={t("session.only_reports")}>{t("hosts.worker")}</Badge>}
        {host.drained && <Mark icon="drain" words={`${t("state.drained")}: ${t("hosts.drained_why")}`} />}
        {host.duplicates.length > 0 && <Mark icon="warning" words={t("hosts.duplicates")} />}
      </span>
      <span class="hosts-brief small muted nums">
        {isAway(host) ? visible(host.reason, 80) : t("hosts.brief", { cpu: percent(cpu), memory: percent(memory) })}
      </span>
    </span>
  );
}

function State({ host }: { readonly host: HostView }): JSX.Element {
  const reason = visible(host.reason, 300);
  return (
    <span class="hosts-state" title={reason}>
      <span class="row">
        <StateBadge state={host.state} />
        <span class="muted small nums">
          <Since ms={host.sinceMs} />
        </span>
      </span>
      {host.state !== "online" && <span class="small muted cut">{reason}</span>}
    </span>
  );
}

function Figure({ host, series, trends }: {
  readonly host: HostView;
  readonly series: TrendSeries;
  readonly trends: Trends;
}): JSX.Element {
  const value = isAway(host) ? null : valueOf(host, series);
  const isRate = series === "network";
  const values = trends.of(host.id)[series];
  const isHigh = !isRate && value !== null && value >= HIGH_PERCENT;
  return (
    <>
      <Sparkline
        values={values}
        bridge={usualBridge(values, MAX_BRIDGE)}
        width={SPARK_WIDTH}
        max={isRate ? undefined : FULL}
        series={COLOURS[series]}
      />
      <span class={`hosts-figure${isRate ? " rate" : ""}${isHigh ? " bad strong" : ""}`}>
        {isRate ? bytesPerSecond(value) : percent(value)}
      </span>
    </>
  );
}

/** A sign beside the name, for which there is no room in words. */
function Mark({ icon, words }: { readonly icon: IconName; readonly words: string }): JSX.Element {
  return (
    <span class="hosts-mark warn" role="img" aria-label={words} title={words}>
      <Icon name={icon} />
    </span>
  );
}

function Processes({ host }: { readonly host: HostView }): JSX.Element {
  const { processes: { total, bad }, name } = host;
  if (total === 0) return <span class="muted">–</span>;
  if (isAway(host)) {
    return <span class="muted" title={t("hosts.last_reported")}>{t("hosts.all_known", { n: total })}</span>;
  }
  const href = `/processes?q=${encodeURIComponent(name)}`;
  if (bad === 0) {
    return <Link href={href} class="hosts-processes" tabIndex={-1}>{t("hosts.all_ok", { n: total })}</Link>;
  }
  return (
    <Link href={href} class="hosts-processes" tabIndex={-1}>
      <Badge tone="bad">{t("hosts.some_bad", { n: bad, total })}</Badge>
    </Link>
  );
}
