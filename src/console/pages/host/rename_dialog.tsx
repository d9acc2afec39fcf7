import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Field } from "../../ui/field.tsx";
import { ChangeDialog } from "./change_dialog.tsx";

const MAX_LENGTH = 80;

export function RenameDialog(
  { host, onClose }: { readonly host: HostView; readonly onClose: () => void },
): JSX.Element {
  const name = useSignal(host.name);
  const next = name.value.trim();
  return (
    <ChangeDialog
      title={t("host.rename")}
      verb={t("host.rename")}
      host={host}
      change={next === "" || next === host.name ? null : { name: next }}
      done={t("host.renamed", { name: visible(next, MAX_LENGTH) })}
      onClose={onClose}
    >
      <Field
        label={t("common.name")}
        value={name.value}
        maxLength={MAX_LENGTH}
        hasFocus
        hint={t("host.rename_hint")}
        onInput={(value) => name.value = value}
      />
    </ChangeDialog>
  );
}
