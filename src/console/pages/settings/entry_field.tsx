import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Select } from "../../ui/field.tsx";
import type { DraftEntry } from "./rule_draft.ts";
import { knownKey, shownValue } from "./value_text.ts";

export interface EntryFieldProps {
  readonly entry: DraftEntry;
  readonly problem: string | null;
  readonly onInput: (text: string) => void;
  readonly onRemove: () => void;
}

/** One key of a rule, with a field of its kind. */
export function EntryField({ entry: { key, text }, problem, onInput, onRemove }: EntryFieldProps): JSX.Element {
  const known = knownKey(key);
  const words = known?.kind === "switch" ? ["on", "off"] : known?.kind === "choice" ? known.words : [];
  const label = visible(key, 200);
  const hint = known === null ? undefined : [
    known.description,
    ...known.kind === "list" ? [t("settings.list_hint")] : [],
    ...known.default === null ? [] : [t("settings.default", { value: shownValue(known.default) })],
  ].join(" ");
  return (
    <div class="settings-entry">
      {words.length > 0
        ? (
          <Select
            class="grow"
            label={label}
            value={text}
            onChange={onInput}
            options={(words.includes(text) ? words : [text, ...words]).map((value) => ({ value, label: value }))}
            hint={hint}
            problem={problem}
          />
        )
        : (
          <Field
            class="grow"
            label={label}
            value={text}
            onInput={onInput}
            hint={hint}
            problem={problem}
            isMono
            isRequired={known?.kind !== "list" && known?.kind !== "text"}
            maxLength={10_000}
          />
        )}
      <Button
        kind="ghost"
        icon="trash"
        label={t("settings.remove_key", { key: label })}
        onClick={onRemove}
      />
    </div>
  );
}
