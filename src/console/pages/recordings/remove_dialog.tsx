import type { JSX } from "preact";
import type { Recording } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { dateTime } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { nameOf } from "./recording_words.tsx";

export function RemoveDialog({ recording, onClose, onDone }: {
  readonly recording: Recording;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  return (
    <ActionDialog
      title={t("recordings.remove_title")}
      verb={t("common.remove")}
      isDanger
      targets={[{ id: recording.id, name: nameOf(recording), detail: dateTime(recording.startedMs) }]}
      run={async ({ id }) => void await api.delete(`/api/v1/recordings/${encodeURIComponent(id)}`)}
      onClose={onClose}
      onDone={(results) => {
        if ([...results.values()].every(({ state }) => state === "done")) onDone();
      }}
    >
      <p>{t("recordings.remove_text")}</p>
    </ActionDialog>
  );
}
