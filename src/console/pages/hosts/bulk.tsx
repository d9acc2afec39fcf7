import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView, ProcessActionReport } from "../../../protocol/mod.ts";
import { agentPath, api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { forgetHost } from "../../kit/live.ts";
import { whyNot } from "../../kit/session.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { BulkLabels } from "./bulk_labels.tsx";
import { change, targetOf } from "./bulk_targets.ts";
import { RunCommand } from "./run_command.tsx";

type Doing = "drain" | "undrain" | "labels" | "restart" | "run" | "remove";

/** All of a host's processes one after the other may take their time. */
const RESTART_WAIT_MS = 120_000;
const SLACK_MS = 15_000;

export interface BulkProps {
  readonly hosts: readonly HostView[];
  readonly onClear: () => void;
}

/** What can be done to the selected hosts. */
export function Bulk({ hosts, onClear }: BulkProps): JSX.Element {
  const doing = useSignal<{ readonly what: Doing; readonly hosts: readonly HostView[] } | null>(null);
  // What was chosen stays the same while the dialog is open, whatever changes live.
  const begin = (what: Doing) => () => doing.value = { what, hosts };
  const manage = whyNot("host.manage");
  return (
    <div class="hosts-bulk" role="group" aria-label={t("hosts.bulk")}>
      <strong>{t("common.selected", { n: hosts.length })}</strong>
      <Button isSmall icon="terminal" whyNot={whyNot("task.create") ?? whyNot("host.exec")} onClick={begin("run")}>
        {t("hosts.run")}
      </Button>
      <Button isSmall icon="reload" whyNot={whyNot("host.operate")} onClick={begin("restart")}>
        {t("hosts.restart")}
      </Button>
      <Button isSmall icon="label" whyNot={manage} onClick={begin("labels")}>{t("hosts.labels")}</Button>
      <Button isSmall icon="drain" whyNot={manage} onClick={begin("drain")}>{t("hosts.drain")}</Button>
      <Button isSmall whyNot={manage} onClick={begin("undrain")}>{t("hosts.undrain")}</Button>
      <Button isSmall kind="danger" icon="trash" whyNot={manage} onClick={begin("remove")}>{t("hosts.remove")}</Button>
      <Button isSmall kind="ghost" icon="close" class="end" label={t("common.clear")} onClick={onClear} />
      {doing.value !== null && <BulkDialog {...doing.value} onClose={() => doing.value = null} onCleared={onClear} />}
    </div>
  );
}

function BulkDialog({ what, hosts, onClose, onCleared }: {
  readonly what: Doing;
  readonly hosts: readonly HostView[];
  readonly onClose: () => void;
  readonly onCleared: () => void;
}): JSX.Element {
  const n = hosts.length;
  switch (what) {
    case "labels":
      return <BulkLabels hosts={hosts} onClose={onClose} />;
    case "run":
      return <RunCommand hosts={hosts} onClose={onClose} />;
    case "drain":
    case "undrain": {
      const drained = what === "drain";
      const already = drained ? t("hosts.drained_already") : t("hosts.undrained_already");
      return (
        <ActionDialog
          title={t(`hosts.${what}_title`, { n })}
          verb={t(`hosts.${what}`)}
          targets={hosts.map((host) => targetOf(host, host.drained === drained ? already : null))}
          run={({ id }) => change(id, { drained })}
          onClose={onClose}
        >
          <p>{t(`hosts.${what}_text`)}</p>
        </ActionDialog>
      );
    }
    case "restart":
      return (
        <ActionDialog
          title={t("hosts.restart_title", { n })}
          verb={t("hosts.restart")}
          targets={hosts.map((host) =>
            targetOf(host, host.processes.total === 0 ? t("hosts.restart_none") : whyNot("host.operate", host))
          )}
          run={({ id }, signal) => restart(id, signal)}
          onClose={onClose}
        >
          <p>{t("hosts.restart_text")}</p>
        </ActionDialog>
      );
    case "remove":
      return (
        <ActionDialog
          title={t("hosts.remove_title", { n })}
          verb={t("hosts.remove")}
          isDanger
          typeToConfirm={n === 1 ? hosts[0]?.name : String(n)}
          targets={hosts.map((host) => targetOf(host, null))}
          run={async ({ id }) => {
            await api.delete(`/api/v1/hosts/${encodeURIComponent(id)}`);
            forgetHost(id);
          }}
          onClose={onClose}
          onDone={onCleared}
        >
          <p>{t("hosts.remove_text")}</p>
        </ActionDialog>
      );
  }
}

async function restart(id: string, signal: AbortSignal): Promise<string> {
  const body = { action: "restart", select: { all: true }, waitMs: RESTART_WAIT_MS };
  const timeoutMs = RESTART_WAIT_MS + SLACK_MS;
  const { results } = await api.post<ProcessActionReport>(agentPath(id, "/v1/processes/actions"), body, {
    signal,
    timeoutMs,
  });
  const failed = results.filter(({ ok }) => !ok);
  const [first] = failed;
  if (first === undefined) return t("hosts.restarted", { n: results.length });
  throw new Error(t("hosts.restart_failed", { failed: failed.length, n: results.length, message: first.message }));
}
