import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SettingsRule, SettingsRules } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { can, whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { RuleSet } from "./explain.ts";
import { ExplainHost } from "./explain_host.tsx";
import { History } from "./history.tsx";
import { RemoveRule } from "./remove_rule.tsx";
import { RuleCard } from "./rule_card.tsx";
import { RuleEditor } from "./rule_editor.tsx";

type Opened =
  | { readonly what: "new" }
  | { readonly what: "edit" | "remove"; readonly rule: SettingsRule };

export default function SettingsPage(): JSX.Element {
  const settings = useResource((signal) => api.get<SettingsRules>("/api/v1/settings", { signal }), []);
  const opened = useSignal<Opened | null>(null);
  const close = () => opened.value = null;
  const shown = opened.value;
  return (
    <Page
      title={t("settings.title")}
      actions={
        <Button
          kind="primary"
          icon="plus"
          whyNot={whyNot("settings.change")}
          onClick={() => opened.value = { what: "new" }}
        >
          {t("settings.new_rule")}
        </Button>
      }
    >
      <p class="muted settings-intro">{t("settings.intro")}</p>
      <Loaded resource={settings}>
        {({ rules, version }) => (
          <>
            <Rules
              rules={rules}
              onEdit={(rule) => opened.value = { what: "edit", rule }}
              onRemove={(rule) => opened.value = { what: "remove", rule }}
            />
            <ExplainHost version={version} />
            {can("audit.view") && <History version={version} />}
            {shown !== null && shown.what !== "remove" && (
              <RuleEditor
                rule={shown.what === "edit" ? shown.rule : null}
                rules={rules}
                onClose={close}
                onSaved={settings.set}
                onStale={settings.reload}
              />
            )}
            {shown?.what === "remove" && (
              <RemoveRule rule={shown.rule} rules={rules} onClose={close} onDone={settings.reload} />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Rules({ rules, onEdit, onRemove }: {
  readonly rules: readonly SettingsRule[];
  readonly onEdit: (rule: SettingsRule) => void;
  readonly onRemove: (rule: SettingsRule) => void;
}): JSX.Element {
  const set = useMemo(() => new RuleSet(rules), [rules]);
  if (rules.length === 0) return <Empty icon="settings" title={t("settings.none")}>{t("settings.none_why")}</Empty>;
  return (
    <div class="settings-rules">
      {set.ranked.toReversed().map((rule) => (
        <RuleCard
          key={rule.id}
          rule={rule}
          set={set}
          onEdit={() => onEdit(rule)}
          onRemove={() => onRemove(rule)}
        />
      ))}
    </div>
  );
}
