import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Batch, Task, TaskList, TaskState } from "../../../protocol/mod.ts";
import { api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { duration } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link, navigate, queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { stateName } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Loading, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toastProblem } from "../../ui/toast.tsx";
import { BackLink } from "../shared/back_link.tsx";
import { More } from "../shared/more.tsx";
import { usePagedList } from "../shared/paged_list.ts";
import { useLiveTasks } from "./live_tasks.ts";
import { ProgressBar } from "./progress_bar.tsx";
import { CancelDialog, RetryDialog } from "./task_dialogs.tsx";
import { TaskStateBadge, tookMs } from "./task_list.tsx";
import {
  countsOf,
  progressOf,
  RETRIED_STATES,
  STATE_GROUPS,
  type TaskCounts,
  withPage,
  withTask,
} from "./task_rows.ts";
import { outputOf } from "./task_output.ts";
import { CommandText, titleOf } from "./what.tsx";

/** How often the counts of a batch are asked for while it goes on: what is told live may be of a part of its hosts. */
const COUNTS_EVERY_MS = 2_000;
const OUTPUTS_EVERY_MS = 1_500;
const PAGE = 1_000;
const MAX_TASKS = 10_000;
/** Of each output so many characters; the task itself has all of it. */
const SUMMARY_OUTPUT = 2_000;

/** What was asked of several hosts at once, host by host, as it goes on. */
export function BatchView({ id }: { readonly id: string }): JSX.Element {
  const { batch, list, counts } = useBatch(id);
  const dialog = useSignal<{ readonly what: "cancel" | "retry"; readonly tasks: readonly Task[] } | null>(null);
  const tasks = list.items.value ?? [];
  const [first] = tasks;
  if (first === undefined || counts === undefined) return <NoTasks list={list} />;
  const progress = progressOf(counts);
  const known = batch.data.value ?? null;
  return (
    <Page
      title={titleOf(first)}
      isFull
      actions={
        <BatchActions
          id={id}
          counts={counts}
          onChosen={(what, chosen) => dialog.value = { what, tasks: chosen }}
        />
      }
    >
      <BackLink href="/tasks">{t("tasks.back")}</BackLink>
      {batch.problem.value !== undefined && <Problem problem={batch.problem.value} onRetry={batch.reload} />}
      {batch.data.value === null && <Note tone="warn">{t("tasks.gone_batch")}</Note>}
      <div class="row wrap tasks-large">
        <ProgressBar progress={progress} label={t("tasks.progress_label", { title: titleOf(first) })} />
        <span class="muted">{[visible(first.createdBy, 80), ...limitsOf(known)].join(" · ")}</span>
        <Time ms={first.createdMs} />
      </div>
      <CommandText task={first} />
      <HostRows tasks={tasks} />
      <More list={list} label={t("common.show_more")} />
      {dialog.value?.what === "cancel" && (
        <CancelDialog
          tasks={dialog.value.tasks}
          onClose={() => dialog.value = null}
          onDone={list.reload}
        />
      )}
      {dialog.value?.what === "retry" && (
        <RetryDialog
          tasks={dialog.value.tasks}
          batch={known}
          onClose={() => dialog.value = null}
        />
      )}
    </Page>
  );
}

/** A batch with its tasks, live. */
function useBatch(id: string) {
  const batch = useResource<Batch | null>((signal) => batchOf(id, signal), [id]);
  const list = usePagedList<Task>(
    async (cursor, signal) => {
      const query = { batch: id, limit: PAGE, cursor, output: SUMMARY_OUTPUT };
      const { tasks, next } = await api.get<TaskList>("/api/v1/tasks", { query, signal });
      return { items: tasks, next };
    },
    [id],
    { join: withPage },
  );
  useLiveTasks((told) => {
    const own = told.filter(({ batchId }) => batchId === id);
    if (own.length === 0 || list.items.peek() === undefined) return;
    list.change((items) => own.reduce((now, task) => withTask(now, task, { batchId: id, states: [] }, false), items));
  }, [id]);
  const tasks = list.items.value;
  const isWhole = tasks !== undefined && !list.hasMore.value;
  const counts = isWhole ? countsOf(tasks) : batch.data.value?.counts;
  const progress = counts === undefined ? null : progressOf(counts);
  const isOpen = progress !== null && progress.ended < progress.total;
  useEvery(COUNTS_EVERY_MS, isOpen && !isWhole, batch.reload);
  useEvery(OUTPUTS_EVERY_MS, tasks !== undefined && tasks.length <= PAGE && tasks.some(lacksOutput), list.reload);
  return { batch, list, counts };
}

function BatchActions({ id, counts, onChosen }: {
  readonly id: string;
  readonly counts: TaskCounts;
  readonly onChosen: (what: "cancel" | "retry", tasks: readonly Task[]) => void;
}): JSX.Element {
  const asking = useSignal<"cancel" | "retry" | null>(null);
  const has = (states: readonly TaskState[]) => states.some((state) => (counts[state] ?? 0) > 0);
  const choose = async (what: "cancel" | "retry", states: readonly TaskState[]) => {
    asking.value = what;
    try {
      onChosen(what, await tasksOf(id, states));
    } catch (error) {
      toastProblem(error);
    }
    asking.value = null;
  };
  return (
    <>
      <Button
        icon="close"
        isBusy={asking.value === "cancel"}
        whyNot={whyNot("task.create") ?? (has(STATE_GROUPS.open) ? null : t("tasks.nothing_open"))}
        onClick={() => void choose("cancel", STATE_GROUPS.open)}
      >
        {t("tasks.cancel_open")}
      </Button>
      <Button
        icon="reload"
        isBusy={asking.value === "retry"}
        whyNot={whyNot("task.create") ?? (has(RETRIED_STATES) ? null : t("tasks.nothing_to_retry"))}
        onClick={() => void choose("retry", RETRIED_STATES)}
      >
        {t("tasks.retry")}
      </Button>
    </>
  );
}

/** All tasks of a batch in these states, as they are now; a batch has 10,000 at most. */
async function tasksOf(batch: string, states: readonly TaskState[]): Promise<Task[]> {
  const found: Task[] = [];
  let cursor: string | undefined;
  do {
    const query = { batch, state: states.join(","), limit: PAGE, output: 0, cursor };
    const page: TaskList = await api.get<TaskList>("/api/v1/tasks", { query });
    found.push(...page.tasks);
    cursor = page.next;
  } while (cursor !== undefined && found.length < MAX_TASKS);
  return found;
}

function NoTasks({ list }: { readonly list: ReturnType<typeof usePagedList<Task>> }): JSX.Element {
  const isLoading = list.items.value === undefined && list.problem.value === undefined;
  return (
    <Page title={t("tasks.batch")}>
      <BackLink href="/tasks">{t("tasks.back")}</BackLink>
      {list.problem.value !== undefined && <Problem problem={list.problem.value} onRetry={list.reload} />}
      {isLoading ? <Loading /> : list.problem.value === undefined && <p class="muted">{t("tasks.none")}</p>}
    </Page>
  );
}

function HostRows({ tasks }: { readonly tasks: readonly Task[] }): JSX.Element {
  const columns = useMemo((): Column<Task>[] => [
    {
      id: "host",
      title: t("common.host"),
      width: 120,
      grow: 1,
      cell: ({ host }) => <Link href={hostHref(host)}>{visible(host, 80)}</Link>,
      sort: ({ host }) => host,
    },
    {
      id: "state",
      title: t("common.state"),
      width: 120,
      cell: (task) => <TaskStateBadge task={task} />,
      sort: ({ state }) => stateName(state),
    },
    {
      id: "reason",
      title: t("tasks.output"),
      width: 140,
      grow: 3,
      cell: (task) => <Link href={`/tasks/${task.id}`} class="tasks-link cut">{summaryOf(task)}</Link>,
    },
    {
      id: "took",
      title: t("tasks.took"),
      width: 80,
      priority: 2,
      isEnd: true,
      cell: (task) => duration(tookMs(task)),
      sort: tookMs,
      isDescending: true,
    },
    {
      id: "ended",
      title: t("tasks.ended"),
      width: 96,
      priority: 3,
      isEnd: true,
      cell: ({ endedMs }) => <Time ms={endedMs} />,
      sort: ({ endedMs }) => endedMs,
      isDescending: true,
    },
  ], [language.value]);
  const byHost = useMemo(() => tasks.toSorted((a, b) => a.host < b.host ? -1 : a.host > b.host ? 1 : 0), [tasks]);
  return (
    <Table
      label={t("tasks.of_batch")}
      rows={byHost}
      columns={columns}
      keyOf={({ id }) => id}
      nameOf={({ host }) => visible(host, 80)}
      sort={queryParam("sort")}
      onOpen={({ id }) => navigate(`/tasks/${id}`)}
    />
  );
}

/** What is told live has no output; the list has it. */
function lacksOutput({ result }: Task): boolean {
  return result !== undefined && result.truncated && result.output === "";
}

/** What it has printed first, or why it is in its state. */
function summaryOf(task: Task): string {
  const output = outputOf(task.result);
  if (output.kind !== "command") return visible(task.reason);
  const text = output.code !== 0 && output.stderr !== "" ? output.stderr : output.stdout;
  const [first = ""] = text.trimStart().split("\n", 1);
  return visible(first === "" ? task.reason : first);
}

function limitsOf(batch: Batch | null): string[] {
  if (batch === null) return [];
  const { concurrency, maxFailures } = batch;
  return [
    t("tasks.concurrency", { n: concurrency }),
    ...maxFailures === undefined ? [] : [t("tasks.max_failures", { n: maxFailures })],
  ];
}

/** Null for one that has been forgotten while its tasks are still known. */
async function batchOf(id: string, signal: AbortSignal): Promise<Batch | null> {
  try {
    return await api.get<Batch>(`/api/v1/batches/${encodeURIComponent(id)}`, { signal });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === PROBLEM_CODES.notFound) return null;
    throw error;
  }
}

function useEvery(ms: number, isOn: boolean, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => latest.current(), ms);
    return () => clearInterval(timer);
  }, [ms, isOn]);
}
