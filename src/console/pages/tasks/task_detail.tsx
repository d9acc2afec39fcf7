import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Task } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { duration } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible, visibleLines } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Loaded, type Resource, useResource } from "../../ui/resource.tsx";
import { At } from "../../ui/time.tsx";
import { BackLink } from "../shared/back_link.tsx";
import { useLiveTasks } from "./live_tasks.ts";
import { NewTask } from "./new_task/new_task.tsx";
import { OutputView } from "./output_view.tsx";
import { CancelDialog } from "./task_dialogs.tsx";
import { tookMs } from "./task_list.tsx";
import { isEnded } from "./task_rows.ts";
import { CommandText, titleOf } from "./what.tsx";

export function TaskDetail({ id }: { readonly id: string }): JSX.Element {
  const task = useResource((signal) => api.get<Task>(`/api/v1/tasks/${encodeURIComponent(id)}`, { signal }), [id]);
  useLiveTasks((told) => {
    const now = told.findLast((each) => each.id === id);
    if (now === undefined) return;
    // What is told live has no output.
    if (isEnded(now.state)) task.reload();
    else task.set(now);
  }, [id]);
  return <Loaded resource={task}>{(data) => <Detail task={data} resource={task} />}</Loaded>;
}

function Detail({ task, resource }: { readonly task: Task; readonly resource: Resource<Task> }): JSX.Element {
  const dialog = useSignal<"cancel" | "again" | null>(null);
  const close = () => dialog.value = null;
  const isOpen = !isEnded(task.state);
  const { method, path } = task.operation;
  return (
    <Page
      title={titleOf(task)}
      actions={
        <>
          {isOpen && (
            <Button
              kind="danger"
              icon="close"
              whyNot={whyNot("task.create")}
              onClick={() => dialog.value = "cancel"}
            >
              {t("tasks.cancel")}
            </Button>
          )}
          {method === "POST" && path === "/v1/exec" && (
            <Button
              icon="reload"
              whyNot={whyNot("task.create")}
              onClick={() => dialog.value = "again"}
            >
              {t("tasks.again")}
            </Button>
          )}
        </>
      }
    >
      <BackLink href="/tasks">{t("tasks.back")}</BackLink>
      <div class="card stack">
        <div class="row wrap">
          <StateBadge state={task.state} />
          <span class="muted break">{visible(task.reason, 1_000)}</span>
        </div>
        <CommandText task={task} />
        <Facts task={task} />
      </div>
      <OutputView task={task} />
      <details class="card">
        <summary>{t("tasks.request")}</summary>
        <pre class="shared-output" tabIndex={0} role="region" aria-label={t("tasks.request")}>
          {visibleLines(`${method} ${path}\n${JSON.stringify(task.operation.body ?? null, null, 2)}`, 20_000)}
        </pre>
      </details>
      {dialog.value === "cancel" && <CancelDialog tasks={[task]} onClose={close} onDone={resource.reload} />}
      {dialog.value === "again" && <NewTask from={task} onClose={close} />}
    </Page>
  );
}

function Facts({ task }: { readonly task: Task }): JSX.Element {
  return (
    <dl class="facts">
      <dt>{t("common.host")}</dt>
      <dd>
        <Link href={hostHref(task.host)}>{visible(task.host, 80)}</Link>
      </dd>
      <dt>{t("tasks.batch")}</dt>
      <dd>
        <Link href={`/tasks?batch=${task.batchId}`}>{t("tasks.open_batch")}</Link>
      </dd>
      <dt>{t("tasks.by")}</dt>
      <dd>{visible(task.createdBy, 80)}</dd>
      <dt>{t("tasks.created")}</dt>
      <dd>
        <At ms={task.createdMs} />
      </dd>
      <dt>{t("tasks.sent")}</dt>
      <dd>
        <At ms={task.sentMs} />
      </dd>
      <dt>{t("tasks.ended")}</dt>
      <dd>
        <At ms={task.endedMs} />
      </dd>
      <dt>{t("tasks.took")}</dt>
      <dd>{duration(tookMs(task))}</dd>
      {!isEnded(task.state) && (
        <>
          <dt>{t("tasks.expires")}</dt>
          <dd>
            <At ms={task.expiresMs} />
          </dd>
        </>
      )}
      <dt>{t("tasks.timeout")}</dt>
      <dd>{duration(task.timeoutMs)}</dd>
      {task.result?.status !== undefined && (
        <>
          <dt>{t("tasks.status")}</dt>
          <dd>HTTP {task.result.status}</dd>
        </>
      )}
    </dl>
  );
}
