import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { SettingsRule } from "../../../protocol/mod.ts";
import { now } from "../../kit/clock.ts";
import { ago, dateTime } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { fitting, selectorOf } from "../shared/selectors.ts";
import { appliedOn, type RuleSet } from "./explain.ts";
import { SelectorName, selectorText } from "./selector_name.tsx";
import { shownValue } from "./value_text.ts";

export function RuleCard({ rule, set, onEdit, onRemove }: {
  readonly rule: SettingsRule;
  readonly set: RuleSet;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}): JSX.Element {
  const no = whyNot("settings.change");
  const name = selectorText(rule.select);
  return (
    <article class="card stack" aria-label={name}>
      <div class="row wrap">
        <div class="grow">
          <SelectorName select={rule.select} />
        </div>
        <Applied rule={rule} set={set} />
        <span class="row">
          <Button isSmall icon="edit" whyNot={no} onClick={onEdit}>{t("settings.edit")}</Button>
          <Button isSmall kind="danger" icon="trash" whyNot={no} onClick={onRemove}>{t("settings.remove_rule")}</Button>
        </span>
      </div>
      <dl class="settings-values">
        {Object.entries(rule.values).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => (
          <div key={key}>
            <dt>
              <code class="break">{visible(key, 200)}</code>
            </dt>
            <dd class="break">{visible(shownValue(value), 500)}</dd>
          </div>
        ))}
      </dl>
      <span class="muted small" title={dateTime(rule.updatedMs)}>
        {t("settings.changed", { when: ago(rule.updatedMs, now.value), who: visible(rule.updatedBy, 80) })}
      </span>
    </article>
  );
}

/** On how many of the hosts that it is for everything that they should have is in force. */
function Applied({ rule, set }: { readonly rule: SettingsRule; readonly set: RuleSet }): JSX.Element {
  const counts = useComputed(() => {
    const meant = fitting(selectorOf(rule.select), hosts.value.values()).filter(({ kind }) => kind === "agent");
    return appliedOn(meant, set);
  });
  const { hosts: all, applied } = counts.value;
  if (all === 0) return <span class="muted small">{t("settings.applied_none")}</span>;
  return (
    <span class={applied < all ? "small warn" : "small good"} title={t("settings.applied_why")}>
      {t("settings.applied", { applied, n: all })}
    </span>
  );
}
