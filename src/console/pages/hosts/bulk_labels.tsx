import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { labelKeysOf, labelsOf } from "../../kit/labels.ts";
import { visible } from "../../kit/safe_text.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { change, targetOf } from "./bulk_targets.ts";
import { changedLabels, isSameLabels } from "./label_change.ts";

/** Sets and takes away labels of several hosts; what each has besides stays. */
export function BulkLabels({ hosts, onClose }: {
  readonly hosts: readonly HostView[];
  readonly onClose: () => void;
}): JSX.Element {
  const set = useSignal("");
  const drop = useSignal("");
  const added = labelsOf(set.value);
  const dropped = labelKeysOf(drop.value);
  const wrong = (text: string | null) => text === null ? null : t("hosts.labels_wrong", { text: visible(text, 60) });
  const isNothing = set.value.trim() === "" && drop.value.trim() === "";
  const after = (host: HostView) => changedLabels(host.labels, added.labels ?? {}, dropped.keys);
  return (
    <ActionDialog
      title={t("hosts.labels_title", { n: hosts.length })}
      verb={t("common.apply")}
      whyNot={isNothing ? t("hosts.labels_nothing") : wrong(added.wrong) ?? wrong(dropped.wrong)}
      targets={hosts.map((host) => ({
        ...targetOf(host, !isNothing && isSameLabels(host.labels, after(host)) ? t("hosts.labels_same") : null),
        detail: <LabelsText labels={after(host)} />,
      }))}
      run={({ id }) => {
        const host = hosts.find((each) => each.id === id);
        return host === undefined ? Promise.resolve() : change(id, { labels: after(host) });
      }}
      onClose={onClose}
    >
      <Field
        label={t("hosts.labels_set")}
        hint={t("hosts.labels_set_hint")}
        value={set.value}
        problem={wrong(added.wrong)}
        onInput={(value) => set.value = value}
        isMono
        hasFocus
      />
      <Field
        label={t("hosts.labels_drop")}
        hint={t("hosts.labels_drop_hint")}
        value={drop.value}
        problem={wrong(dropped.wrong)}
        onInput={(value) => drop.value = value}
        isMono
      />
    </ActionDialog>
  );
}

function LabelsText({ labels }: { readonly labels: Readonly<Record<string, string>> }): JSX.Element {
  const text = Object.entries(labels).map((pair) => pair.join("=")).join(", ");
  return <span class="mono break">{text === "" ? t("hosts.no_labels") : visible(text, 200)}</span>;
}
