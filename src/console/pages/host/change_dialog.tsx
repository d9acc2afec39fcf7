import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { HostPatch, HostView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { putHost } from "../../kit/live.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Problem } from "../../ui/problem.tsx";
import { toast } from "../../ui/toast.tsx";

/** A change of what the manager keeps of a host; an error stays beside what was typed. */
export function ChangeDialog({ title, verb, host, change, done, children, onClose }: {
  readonly title: string;
  readonly verb: string;
  readonly host: HostView;
  /** Null while there is nothing to change, or something that cannot be. */
  readonly change: HostPatch | null;
  readonly done: string;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
}): JSX.Element {
  const isBusy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const save = async () => {
    if (change === null || isBusy.peek()) return;
    isBusy.value = true;
    problem.value = undefined;
    try {
      putHost(await api.patch<HostView>(`/api/v1/hosts/${encodeURIComponent(host.id)}`, change));
      toast(done);
      onClose();
    } catch (error) {
      problem.value = error;
    }
    isBusy.value = false;
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isBusy={isBusy.value}
      onSubmit={save}
      actions={
        <>
          <Button isDisabled={isBusy.value} onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy.value} isDisabled={change === null}>{verb}</Button>
        </>
      }
    >
      <div class="stack">
        {children}
        {problem.value !== undefined && <Problem problem={problem.value} />}
      </div>
    </Dialog>
  );
}
