import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Task, TaskList as Page, TaskState } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { duration } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link, navigate } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";
import { Empty, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { More } from "../shared/more.tsx";
import { usePagedList } from "../shared/paged_list.ts";
import { useBatchCounts } from "./batch_counts.ts";
import { keyOfRow, type ListRow, rowsOf, summaryOf, withBatch, withLiveTask, withRows } from "./list_rows.ts";
import { useLiveTasks } from "./live_tasks.ts";
import { ProgressBar } from "./progress_bar.tsx";
import { outputOf } from "./task_output.ts";
import type { TaskFilter } from "./task_rows.ts";
import { titleOf, What } from "./what.tsx";

export interface TaskListProps {
  readonly states: readonly TaskState[];
  /** All hosts when absent. */
  readonly hostId?: string | undefined;
  /** Within a page that scrolls, instead of taking the height that is there. */
  readonly isPlain?: boolean | undefined;
}

/** Of each task's output so many characters, which is enough for how its command has ended. */
const LIST_OUTPUT = 300;
const PAGE = 100;

/** Tasks, newest first, those of one batch together; live. Of one host they stand one by one. */
export function TaskList({ states, hostId, isPlain = false }: TaskListProps): JSX.Element {
  const state = states.join(",");
  const isByBatch = hostId === undefined;
  const filter: TaskFilter = { states, ...hostId !== undefined && { hostId } };
  const list = usePagedList<ListRow>(
    async (cursor, signal) => {
      const group = isByBatch ? "batch" : undefined;
      const query = { limit: PAGE, state, host: hostId, group, cursor, output: LIST_OUTPUT };
      const page = await api.get<Page>("/api/v1/tasks", { query, signal });
      return { items: rowsOf(page), next: page.next };
    },
    [state, hostId],
    { join: (rows, page) => withRows(rows, page, isByBatch) },
  );
  const askFor = useBatchCounts((batch) => list.change((rows) => withBatch(rows, batch)), [state, hostId]);
  useLiveTasks((told) => {
    if (list.items.peek() === undefined) return;
    const options = { filter, isByBatch, hasMore: list.hasMore.peek() };
    list.change((rows) => told.reduce((now, task) => withLiveTask(now, task, options), rows));
    if (isByBatch) askFor(told.map(({ batchId }) => batchId));
  }, [state, hostId]);
  const columns = useMemo(() => columnsFor(isByBatch), [isByBatch, language.value]);
  const rows = list.items.value;
  const isFiltered = states.length > 0 || hostId !== undefined;
  if (rows === undefined) {
    const problem = list.problem.value;
    return problem === undefined ? <Loading /> : <Problem problem={problem} onRetry={list.reload} />;
  }
  return (
    <>
      <Table
        label={t("tasks.title")}
        rows={rows}
        columns={columns}
        keyOf={(row) => keyOfRow(row, isByBatch)}
        nameOf={({ task }) => titleOf(task)}
        onOpen={(row) => navigate(hrefOf(row))}
        isPlain={isPlain}
        empty={
          <Empty icon="tasks" title={t("tasks.none")}>{t(isFiltered ? "tasks.none_fit" : "tasks.none_yet")}</Empty>
        }
      />
      <More list={list} label={t("common.show_more")} />
    </>
  );
}

function hrefOf(row: ListRow): string {
  const summary = summaryOf(row);
  return summary === null ? `/tasks/${row.task.id}` : `/tasks?batch=${summary.id}`;
}

function columnsFor(hasHosts: boolean): Column<ListRow>[] {
  return [
    { id: "state", title: t("common.state"), width: 152, cell: (row) => <RowState row={row} /> },
    ...hasHosts
      ? [{
        id: "host",
        title: t("common.host"),
        width: 120,
        priority: 2,
        cell: (row: ListRow) => <RowHost row={row} />,
      }]
      : [],
    {
      id: "what",
      title: t("tasks.what"),
      width: 140,
      grow: 3,
      cell: (row) => (
        <Link href={hrefOf(row)} class="tasks-link">
          <What task={row.task} />
        </Link>
      ),
    },
    {
      id: "reason",
      title: t("common.reason"),
      width: 160,
      grow: 1,
      priority: 5,
      cell: (row) =>
        summaryOf(row) === null && (
          <span class="muted cut" title={visible(row.task.reason, 500)}>{visible(row.task.reason)}</span>
        ),
    },
    {
      id: "by",
      title: t("tasks.by"),
      width: 90,
      priority: 4,
      cell: ({ task }) => <span class="cut">{visible(task.createdBy, 80)}</span>,
    },
    {
      id: "took",
      title: t("tasks.took"),
      width: 80,
      priority: 6,
      isEnd: true,
      cell: (row) => summaryOf(row) === null && duration(tookMs(row.task)),
    },
    {
      id: "when",
      title: t("tasks.when"),
      width: 96,
      priority: 3,
      isEnd: true,
      cell: ({ task }) => <Time ms={task.createdMs} />,
    },
  ];
}

function RowState({ row }: { readonly row: ListRow }): JSX.Element {
  const summary = summaryOf(row);
  if (summary === null) return <TaskStateBadge task={row.task} />;
  return <ProgressBar progress={summary.progress} label={t("tasks.progress_label", { title: titleOf(row.task) })} />;
}

/** A command that has run is done whatever its exit code says; what it says is told too. */
export function TaskStateBadge({ task }: { readonly task: Task }): JSX.Element {
  const output = outputOf(task.result);
  const code = output.kind === "command" ? output.code ?? 0 : 0;
  return (
    <>
      <StateBadge state={task.state} title={visible(task.reason, 500)} />
      {code !== 0 && <Badge tone="bad" title={t("tasks.exit_code", { code })}>{t("tasks.exit", { code })}</Badge>}
    </>
  );
}

function RowHost({ row }: { readonly row: ListRow }): JSX.Element {
  const summary = summaryOf(row);
  if (summary !== null) return <span>{t("common.hosts", { n: summary.progress.total })}</span>;
  return <Link href={hostHref(row.task.host)}>{visible(row.task.host, 80)}</Link>;
}

/** How long it took on its host, as far as that is known. */
export function tookMs({ sentMs, endedMs, result }: Task): number | undefined {
  if (endedMs === undefined) return undefined;
  const fromMs = result?.startedMs ?? sentMs;
  const toMs = result?.startedMs === undefined ? endedMs : result.endedMs;
  return fromMs === undefined ? undefined : Math.max(0, toMs - fromMs);
}
