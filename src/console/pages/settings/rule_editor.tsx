import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SettingsChange, SettingsRule, SettingsRules } from "../../../protocol/mod.ts";
import { api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded } from "../../kit/live.ts";
import { Note } from "../../ui/problem.tsx";
import { toast } from "../../ui/toast.tsx";
import { FormDialog } from "../shared/form.tsx";
import { SelectorField } from "../shared/selector_field.tsx";
import { selectorOf } from "../shared/selectors.ts";
import { useSubmit } from "../shared/submit.ts";
import { AddKey } from "./add_key.tsx";
import { EntryField } from "./entry_field.tsx";
import { previewOf } from "./explain.ts";
import { PreviewTable } from "./preview_table.tsx";
import { type DraftEntry, entriesOf, newEntry, readDraft } from "./rule_draft.ts";
import { SelectorName, selectorText } from "./selector_name.tsx";
import { changedValues } from "./value_text.ts";

export interface RuleEditorProps {
  /** Null for a new one. */
  readonly rule: SettingsRule | null;
  readonly rules: readonly SettingsRule[];
  readonly onClose: () => void;
  readonly onSaved: (rules: SettingsRules) => void;
  /** Somebody else has changed what was edited here. */
  readonly onStale: () => void;
}

/** A rule's keys and values, with what they would change on which hosts while they are being written. */
export function RuleEditor({ rule, rules, onClose, onSaved, onStale }: RuleEditorProps): JSX.Element {
  const select = useSignal(rule?.select ?? "");
  const entries = useSignal<readonly DraftEntry[]>(entriesOf(rule));
  const isChecked = useSignal(false);
  const selector = selectorOf(select.value);
  // A new rule for hosts that have one adds to that.
  const before = rule ?? rules.find((each) => each.select === selector?.text) ?? null;
  const draft = readDraft(entries.value);
  const after = "values" in draft ? rule === null ? { ...before?.values, ...draft.values } : draft.values : null;
  const change = after === null ? {} : changedValues(before?.values ?? {}, after);
  const isSame = Object.keys(change).length === 0;
  const form = useSubmit(async (signal) => {
    isChecked.value = true;
    if (after === null || selector === null || isSame) return;
    const body: SettingsChange = { select: select.peek(), values: change, updatedMs: before?.updatedMs ?? null };
    const saved = await api.put<SettingsRules>("/api/v1/settings", body, { signal }).catch((error) => {
      if (error instanceof ApiProblem && error.code === PROBLEM_CODES.conflict) onStale();
      throw error;
    });
    toast(t("settings.saved", { select: selectorText(select.peek()) }));
    onSaved(saved);
    onClose();
  }, (field) => entries.value.some(({ key }) => isAbout(field, key)));
  const preview = useMemo(
    () =>
      after === null || isSame
        ? null
        : previewOf(hosts.peek().values(), rules, { select: select.value, values: after }),
    // Not with each of their readings, but when they come.
    [select.value, entries.value, rules, hostsAreLoaded.value],
  );
  const set = (key: string, text: string) => {
    entries.value = entries.peek().map((each) => each.key === key ? { key, text } : each);
  };
  return (
    <FormDialog
      title={rule === null ? t("settings.new_rule") : t("settings.edit_rule", { select: selectorText(rule.select) })}
      kind="wide"
      verb={t("settings.save")}
      form={form}
      onClose={onClose}
      whyNot={isSame && after !== null ? t("people.no_change") : null}
    >
      {rule !== null ? <SelectorName select={rule.select} /> : (
        <SelectorField
          label={t("settings.selector")}
          value={select.value}
          onInput={(value) => select.value = value}
          hasFocus
        />
      )}
      {rule === null && before !== null && <Note>{t("settings.selector_taken")}</Note>}
      {entries.value.length === 0 && <p class="muted">{t("settings.no_keys")}</p>}
      {entries.value.map((entry) => (
        <EntryField
          key={entry.key}
          entry={entry}
          problem={toldOf(form.fields.value, entry.key) ?? problemOf(draft, entry.key, isChecked.value)}
          onInput={(text) => set(entry.key, text)}
          onRemove={() => entries.value = entries.peek().filter(({ key }) => key !== entry.key)}
        />
      ))}
      <AddKey
        taken={entries.value.map(({ key }) => key)}
        onAdd={(key) => entries.value = [...entries.peek(), newEntry(key)]}
      />
      {preview !== null && <PreviewTable preview={preview} />}
    </FormDialog>
  );
}

/** What the manager says of a section is of each key in it. */
function isAbout(field: string, key: string): boolean {
  return key === field || key.startsWith(`${field}.`);
}

function toldOf(fields: ReadonlyMap<string, string>, key: string): string | undefined {
  return [...fields].find(([field]) => isAbout(field, key))?.[1];
}

/** An empty field is no mistake until it is to be saved. */
function problemOf(draft: ReturnType<typeof readDraft>, key: string, isChecked: boolean): string | null {
  if (!("problems" in draft)) return null;
  const problem = draft.problems.get(key);
  return problem === undefined || (problem === "value_empty" && !isChecked) ? null : t(`settings.${problem}`);
}
