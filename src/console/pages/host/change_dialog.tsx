import type { ComponentChildren, JSX } from "preact";
import type { HostPatch, HostView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { putHost } from "../../kit/live.ts";
import { toast } from "../../ui/toast.tsx";
import { FormDialog } from "../shared/form.tsx";
import { useSubmit } from "../shared/submit.ts";

/** A change of what the manager keeps of a host. */
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
  const form = useSubmit(async (signal) => {
    if (change === null) return;
    putHost(await api.patch<HostView>(`/api/v1/hosts/${encodeURIComponent(host.id)}`, change, { signal }));
    toast(done);
    onClose();
  });
  return (
    <FormDialog title={title} verb={verb} form={form} onClose={onClose} isDisabled={change === null}>
      {children}
    </FormDialog>
  );
}
