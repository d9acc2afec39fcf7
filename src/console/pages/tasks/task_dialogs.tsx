import type { JSX } from "preact";
import type { Batch, MadeTasks, NewTasks, Task } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { navigate } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { stateName } from "../../ui/badge.tsx";
import { toast } from "../../ui/toast.tsx";
import { randomKey } from "./random_key.ts";

interface DialogProps {
  readonly tasks: readonly Task[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Cancels tasks that have not ended. */
export function CancelDialog({ tasks, onClose, onDone }: DialogProps): JSX.Element {
  return (
    <ActionDialog
      title={t("tasks.cancel_title")}
      verb={t("tasks.cancel")}
      isDanger
      targets={tasks.map(({ id, host, state }) => ({ id, name: host, detail: stateName(state) }))}
      run={async ({ id }) => visible((await api.delete<Task>(`/api/v1/tasks/${encodeURIComponent(id)}`)).reason, 500)}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("tasks.cancel_text")}</p>
    </ActionDialog>
  );
}

/** Asks the same once more of the hosts of these tasks, all in one new batch. */
export function RetryDialog({ tasks, batch, onClose }: {
  readonly tasks: readonly Task[];
  readonly batch: Batch | null;
  readonly onClose: () => void;
}): JSX.Element {
  const [first] = tasks;
  const made: { batchId: string | undefined } = { batchId: undefined };
  return (
    <ActionDialog
      title={t("tasks.retry_title")}
      verb={t("tasks.retry")}
      targets={first === undefined ? [] : [{
        id: first.batchId,
        name: first.title,
        detail: t("common.hosts", { n: tasks.length }),
      }]}
      run={async () => {
        if (first === undefined) return;
        const answer = await api.post<MadeTasks>("/api/v1/tasks", retryOf(tasks, first, batch));
        made.batchId = answer.batch?.id;
        toast(t("tasks.again_made", { title: first.title }));
      }}
      onClose={onClose}
      onDone={(results) => {
        const isGood = [...results.values()].every(({ state }) => state === "done");
        if (!isGood || made.batchId === undefined) return;
        onClose();
        navigate(`/tasks?batch=${made.batchId}`);
      }}
    >
      <p>{t("tasks.retry_text")}</p>
      <ul class="tasks-hosts" tabIndex={0} aria-label={t("common.host")}>
        {tasks.slice(0, MAX_SHOWN).map(({ id, host, state, reason }) => (
          <li key={id}>
            <span class="strong cut">{visible(host, 80)}</span>
            <span class="muted cut">{stateName(state)}: {visible(reason)}</span>
          </li>
        ))}
      </ul>
      {tasks.length > MAX_SHOWN && (
        <span class="muted small">{t("action.and_more", { n: tasks.length - MAX_SHOWN })}</span>
      )}
    </ActionDialog>
  );
}

const MAX_SHOWN = 200;

/** With the same limits as before. */
export function retryOf(tasks: readonly Task[], first: Task, batch: Batch | null): NewTasks {
  return {
    idempotencyKey: randomKey(),
    title: first.title,
    operation: first.operation,
    hosts: [...new Set(tasks.map(({ hostId }) => hostId))],
    expiresIn: `${Math.max(1_000, first.expiresMs - first.createdMs)}ms`,
    timeout: `${Math.max(1_000, first.timeoutMs)}ms`,
    ...batch !== null && { concurrency: batch.concurrency },
    ...batch?.maxFailures !== undefined && { maxFailures: batch.maxFailures },
  };
}
