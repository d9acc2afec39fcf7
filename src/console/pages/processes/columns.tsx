import type { JSX } from "preact";
import { bytes, number, percent } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { watchHost } from "../../kit/live.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge, stateName } from "../../ui/badge.tsx";
import { LabelRow } from "../../ui/labels.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Column } from "../../ui/table.tsx";
import { Since } from "../../ui/time.tsx";
import { isReachable, type ProcessRow, urgencyOf } from "./model/process_row.ts";

export interface ColumnOptions {
  /** Where the rows are of several hosts. */
  readonly hasHost: boolean;
  /** A phone: the columns that must be there take less. */
  readonly isNarrow: boolean;
  readonly onPickLabel: (key: string, value: string) => void;
}

/** Made once by each table; titles are of the language at that time. */
export function processColumns({ hasHost, isNarrow, onPickLabel }: ColumnOptions): Column<ProcessRow>[] {
  const host: Column<ProcessRow> = {
    id: "host",
    title: t("common.host"),
    width: isNarrow ? 64 : 116,
    grow: 2,
    cell: (row) => <HostCell row={row} />,
    sort: ({ host }) => host,
  };
  const name = { id: "name", title: t("common.name"), width: isNarrow ? 100 : 156, grow: 3 };
  return [
    { ...name, cell: NameCell, sort: (row) => row.name },
    {
      id: "state",
      title: t("common.state"),
      width: isNarrow ? 82 : 96,
      cell: StateCell,
      sort: ({ state }) => urgencyOf(state),
    },
    ...hasHost ? [host] : [],
    figure("since", t("processes.since"), { width: 56, priority: 3, of: (row) => row.sinceMs, cell: SinceCell }),
    { id: "reason", title: t("common.reason"), width: 176, grow: 4, priority: 5, cell: ReasonCell },
    figure("cpu", t("processes.cpu"), { width: 56, priority: 2, of: (row) => row.cpuPercent, text: percent }),
    figure("memory", t("processes.memory"), { width: 72, priority: 2, of: (row) => row.rssBytes, text: bytes }),
    figure("restarts", t("processes.restarts"), { width: 56, priority: 4, of: (row) => row.restarts, text: number }),
    figure("pid", t("processes.pid"), {
      width: 60,
      priority: 7,
      of: (row) => row.pid,
      text: (pid) => String(pid ?? "–"),
    }),
    {
      id: "labels",
      title: t("common.labels"),
      width: 156,
      grow: 2,
      priority: 6,
      cell: ({ labels }) => <LabelRow labels={labels} onPick={onPickLabel} />,
    },
  ];
}

interface FigureOptions {
  readonly width: number;
  readonly priority: number;
  readonly of: (row: ProcessRow) => number | undefined;
  readonly text?: (value: number | undefined) => string;
  readonly cell?: (row: ProcessRow) => JSX.Element;
}

/** A column of numbers, of which the largest are looked for first. */
function figure(
  id: string,
  title: string,
  { width, priority, of, text = String, cell = (row) => <>{text(of(row))}</> }: FigureOptions,
): Column<ProcessRow> {
  return { id, title, width, priority, isEnd: true, isDescending: true, cell, sort: of };
}

function SinceCell({ sinceMs }: ProcessRow): JSX.Element {
  return <Since ms={sinceMs} />;
}

function NameCell({ id, name }: ProcessRow): JSX.Element {
  return (
    <span class="cut" title={visible(id, 80)}>
      <span class="strong">{visible(name, 100)}</span>
      {name !== id && <span class="muted">{` ${visible(id, 80)}`}</span>}
    </span>
  );
}

function StateCell({ state, reason }: ProcessRow): JSX.Element {
  return <StateBadge state={state} title={visible(reason, 500)} />;
}

function ReasonCell({ reason }: ProcessRow): JSX.Element {
  return <span class="cut muted" title={visible(reason, 1_000)}>{visible(reason, 200)}</span>;
}

/** What is known of a process is as old as its host's last word, which the name of the host shows. */
function HostCell({ row }: { readonly row: ProcessRow }): JSX.Element {
  const state = watchHost(row.hostId).value?.state ?? row.hostState;
  return (
    <>
      <Link href={hostHref(row.host, "processes")} tabIndex={-1}>{visible(row.host, 80)}</Link>
      {!isReachable(state) && (
        <span class="warn" role="img" aria-label={stateName(state)} title={stateName(state)}>
          <Icon name="warning" size={14} />
        </span>
      )}
    </>
  );
}
