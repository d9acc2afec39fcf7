import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { MadeTasks, Task } from "../../../../protocol/mod.ts";
import { api } from "../../../kit/api.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { navigate } from "../../../kit/router.tsx";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Problem } from "../../../ui/problem.tsx";
import { toast } from "../../../ui/toast.tsx";
import { FormButtons } from "../../shared/form.tsx";
import { selectorOf } from "../../shared/selectors.ts";
import { useSubmit } from "../../shared/submit.ts";
import { randomKey } from "../random_key.ts";
import { Preview } from "./preview.tsx";
import { emptyForm, type FormField, formOf, type FormProblem, requestOf } from "./task_form.ts";
import { TaskFields } from "./task_fields.tsx";

export interface NewTaskProps {
  /** The selector to begin with. */
  readonly select?: string | undefined;
  /** A task that is to be done again. */
  readonly from?: Task | undefined;
  readonly onClose: () => void;
}

/** A command for hosts: what it is, then a preview of where it would run, then it is given to them. */
export function NewTask({ select, from, onClose }: NewTaskProps): JSX.Element {
  const form = useSignal(from === undefined ? emptyForm(select) : formOf(from));
  const problems = useSignal<Readonly<Partial<Record<FormField, FormProblem>>>>({});
  const preview = useSignal<MadeTasks | null>(null);
  // The same however often it is sent, so that a lost answer makes no second batch.
  const key = useRef(randomKey());
  const { isBusy, problem, send } = useSubmit(async (signal) => {
    const built = requestOf(form.peek());
    problems.value = "problems" in built ? built.problems : {};
    if ("problems" in built || selectorOf(form.peek().select) === null) return;
    const dryRun = preview.peek() === null;
    const request = { ...built.request, ...dryRun ? { dryRun } : { idempotencyKey: key.current } };
    const made = await api.post<MadeTasks>("/api/v1/tasks", request, { signal });
    if (dryRun) preview.value = made;
    else finish(made, built.request.title ?? "", onClose);
  });
  const hosts = preview.value?.hosts;
  return (
    <Dialog
      title={hosts === undefined ? t("tasks.new_title") : t("tasks.preview_title", { n: hosts.length })}
      kind="wide"
      onClose={onClose}
      isBusy={isBusy.value}
      onSubmit={() => void send()}
      actions={hosts === undefined
        ? <FormButtons verb={t("tasks.preview")} onClose={onClose} isBusy={isBusy.value} />
        : (
          <>
            <Button icon="left" isDisabled={isBusy.value} onClick={() => preview.value = null}>
              {t("tasks.change")}
            </Button>
            <Button
              kind="primary"
              type="submit"
              isBusy={isBusy.value}
              whyNot={hosts.length === 0 ? t("tasks.preview_none") : null}
            >
              {t("tasks.run", { n: hosts.length })}
            </Button>
          </>
        )}
    >
      {problem.value !== undefined && <Problem problem={problem.value} />}
      {hosts === undefined
        ? (
          <TaskFields
            form={form.value}
            problems={problems.value}
            onChange={(change) => {
              form.value = { ...form.peek(), ...change };
              key.current = randomKey();
            }}
          />
        )
        : <Preview form={form.value} hosts={hosts} />}
    </Dialog>
  );
}

function finish({ batch, hosts }: MadeTasks, title: string, onClose: () => void): void {
  toast(t("tasks.made", { title, n: hosts.length }));
  onClose();
  const [only] = hosts;
  if (hosts.length === 1 && only?.taskId !== undefined) navigate(`/tasks/${only.taskId}`);
  else if (batch !== undefined) navigate(`/tasks?batch=${batch.id}`);
}
