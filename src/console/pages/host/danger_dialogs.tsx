import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { forgetHost, putHost } from "../../kit/live.ts";
import { navigate } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { ActionDialog, type ActionTarget } from "../../ui/action_dialog.tsx";
import { StateBadge } from "../../ui/badge.tsx";
import { toast } from "../../ui/toast.tsx";

interface DangerProps {
  readonly host: HostView;
  readonly onClose: () => void;
}

/** Drains a host, or lets it have tasks again. */
export function DrainDialog({ host, onClose }: DangerProps): JSX.Element {
  const { id, drained } = host;
  return (
    <ActionDialog
      title={t(drained ? "host.undrain" : "host.drain")}
      verb={t(drained ? "host.undrain" : "host.drain")}
      targets={[targetOf(host)]}
      run={async () =>
        putHost(await api.patch<HostView>(`/api/v1/hosts/${encodeURIComponent(id)}`, { drained: !drained }))}
      onClose={onClose}
    >
      <p>{t(drained ? "host.undrain_what" : "host.drain_what")}</p>
    </ActionDialog>
  );
}

/** Has the manager forget a host; its name must be typed, because there is no way back but enrolling it anew. */
export function RemoveDialog({ host, onClose }: DangerProps): JSX.Element {
  return (
    <ActionDialog
      title={t("host.remove")}
      verb={t("host.remove")}
      isDanger
      typeToConfirm={typableName(host)}
      targets={[targetOf(host)]}
      run={async () => {
        await api.delete(`/api/v1/hosts/${encodeURIComponent(host.id)}`);
      }}
      onClose={onClose}
      onDone={(results) => {
        if (results.get(host.id)?.state !== "done") return;
        toast(t("host.removed", { name: visible(host.name, 80) }));
        navigate("/hosts", { replace: true });
        forgetHost(host.id);
      }}
    >
      <p>{t("host.remove_what")}</p>
    </ActionDialog>
  );
}

function targetOf({ id, name, state }: HostView): ActionTarget {
  return { id, name, detail: <StateBadge state={state} /> };
}

/** A name that nobody can type as it looks would make its host impossible to remove. */
function typableName({ id, name }: HostView): string {
  return name.trim() === name && visible(name, 80) === name ? name : id;
}
