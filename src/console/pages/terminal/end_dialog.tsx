import type { JSX } from "preact";
import type { TerminalExit } from "../../../protocol/mod.ts";
import { agentPath, api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { ActionDialog, type ActionTarget } from "../../ui/action_dialog.tsx";
import { exitText } from "./state_strip.tsx";
import type { TabHost } from "./terminal_tab.ts";

/** The host gives programs some seconds to go by themselves. */
const PATIENCE_MS = 60_000;

export function EndDialog({ host, targets, onClose, onDone }: {
  readonly host: TabHost;
  readonly targets: readonly ActionTarget[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}): JSX.Element {
  return (
    <ActionDialog
      title={t("terminal.end_title")}
      verb={t("terminal.end_verb")}
      isDanger
      targets={targets}
      run={async ({ id }, signal) => {
        const path = agentPath(host.id, `/v1/terminals/${encodeURIComponent(id)}`);
        return exitText(await api.delete<TerminalExit>(path, { signal, timeoutMs: PATIENCE_MS }));
      }}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("terminal.end_text")}</p>
    </ActionDialog>
  );
}
