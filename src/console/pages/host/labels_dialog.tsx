import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Field } from "../../ui/field.tsx";
import { ChangeDialog } from "./change_dialog.tsx";
import { type LabelChange, labelChanges, labelLines, readLabels } from "./model/label_lines.ts";

const LINES = 8;

/** Labels as lines of text, which is the quickest to change several of, with what that comes to below. */
export function LabelsDialog(
  { host, onClose }: { readonly host: HostView; readonly onClose: () => void },
): JSX.Element {
  const text = useSignal(labelLines(host.labels));
  const { labels, problem } = readLabels(text.value);
  const changes = problem === null ? labelChanges(host.labels, labels) : [];
  return (
    <ChangeDialog
      title={t("host.edit_labels")}
      verb={t("common.save")}
      host={host}
      change={changes.length === 0 ? null : { labels }}
      done={t("host.labels_saved")}
      onClose={onClose}
    >
      <Field
        label={t("host.labels_each")}
        value={text.value}
        lines={LINES}
        maxLength={20_000}
        isMono
        hasFocus
        hint={t("host.labels_hint")}
        problem={problem === null
          ? null
          : t(`host.label_${problem.kind}`, { line: problem.line, text: visible(problem.text, 80) })}
        onInput={(value) => text.value = value}
      />
      {changes.length > 0 && (
        <ul class="stack tight" aria-label={t("host.label_changes")}>
          {changes.map((change) => <Change key={change.key} change={change} />)}
        </ul>
      )}
    </ChangeDialog>
  );
}

function Change({ change: { key, before, after } }: { readonly change: LabelChange }): JSX.Element {
  const pair = (value: string) => visible(`${key}=${value}`, 120);
  return (
    <li class="break">
      {before !== undefined && <del class="bad">{pair(before)}</del>}{" "}
      {after !== undefined && <ins class="good host-ins">{pair(after)}</ins>}
    </li>
  );
}
