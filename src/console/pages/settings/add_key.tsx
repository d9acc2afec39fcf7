import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { isKey } from "./rule_draft.ts";
import { KNOWN_KEYS } from "./value_text.ts";

const OTHER = "*";

/** Chooses one more key for a rule: one that is known, or any other of a newer version. */
export function AddKey({ taken, onAdd }: {
  readonly taken: readonly string[];
  readonly onAdd: (key: string) => void;
}): JSX.Element {
  const chosen = useSignal("");
  const typed = useSignal("");
  const free = KNOWN_KEYS.filter(({ key }) => !taken.includes(key));
  const other = typed.value.trim();
  const problem = other === ""
    ? null
    : !isKey(other)
    ? t("settings.key_wrong")
    : taken.includes(other)
    ? t("settings.key_twice")
    : null;
  const add = () => {
    if (other === "" || problem !== null) return;
    onAdd(other);
    typed.value = "";
    chosen.value = "";
  };
  return (
    <div class="settings-entry add">
      <Select
        class="grow"
        label={t("settings.add_key")}
        value={chosen.value}
        onChange={(key) => {
          chosen.value = key === OTHER ? key : "";
          if (key !== OTHER && key !== "") onAdd(key);
        }}
        options={[
          { value: "", label: t("settings.choose_key") },
          ...free.map(({ key }) => ({ value: key, label: key })),
          { value: OTHER, label: t("settings.other_key") },
        ]}
      />
      {chosen.value === OTHER && (
        <>
          <Field
            class="grow"
            label={t("settings.other_key_name")}
            value={typed.value}
            onInput={(value) => typed.value = value}
            isMono
            maxLength={200}
            problem={problem}
          />
          <Button icon="plus" isDisabled={other === "" || problem !== null} onClick={add}>
            {t("settings.add_key")}
          </Button>
        </>
      )}
    </div>
  );
}
