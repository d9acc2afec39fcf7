import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SettingsRule, SettingsRules } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded } from "../../kit/live.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { previewOf } from "./explain.ts";
import { PreviewTable } from "./preview_table.tsx";
import { selectorText } from "./selector_name.tsx";

export function RemoveRule({ rule, rules, onClose, onDone }: {
  readonly rule: SettingsRule;
  readonly rules: readonly SettingsRule[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const preview = useMemo(() => previewOf(hosts.peek().values(), rules, { select: rule.select, values: {} }), [
    rule,
    hostsAreLoaded.value,
  ]);
  const select = selectorText(rule.select);
  return (
    <ActionDialog
      title={t("settings.remove_title", { select })}
      verb={t("settings.remove_rule")}
      isDanger
      targets={[{ id: rule.id, name: select }]}
      run={async ({ id }) => void await api.delete<SettingsRules>(`/api/v1/settings/${encodeURIComponent(id)}`)}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("settings.remove_text")}</p>
      <PreviewTable preview={preview} />
    </ActionDialog>
  );
}
