import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { FileRoots, HostView } from "../../../protocol/mod.ts";
import { bytes } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { toastProblem } from "../../ui/toast.tsx";
import { policyLines } from "../host/model/policy_rows.ts";
import { PolicyNote } from "../shared/policy_note.tsx";
import type { Folder } from "./file_api.ts";
import { joinPath } from "./model/host_path.ts";
import { uploadsOf } from "./uploads.tsx";

/** Why nothing can be changed in a folder; null where it can. */
export function writeRefusal(host: HostView, roots: FileRoots, folder: Folder): string | null {
  const refusal = whyNot("host.files.write", host);
  if (refusal !== null) return refusal;
  if (roots.policy !== "write") return `${t("files.read_only_title")} (policy.files: ${visible(roots.policy, 8)})`;
  return folder.isWritable ? null : t("files.read_only_root");
}

export function addUploads(host: HostView, roots: FileRoots, folder: string, files: readonly File[]): void {
  const most = roots.maxUploadBytes ?? Infinity;
  for (const { name } of files.filter(({ size }) => size > most)) {
    toastProblem(t("files.upload_too_large", { name: visible(name, 80), size: bytes(most) }));
  }
  const wanted = files.filter(({ size }) => size <= most).map((file) => ({ file, path: joinPath(folder, file.name) }));
  const taken = uploadsOf(host.id).queue.add(wanted);
  if (taken < wanted.length) toastProblem(t("files.upload_many", { n: taken }));
}

/** Says that nothing can be changed, and how the host's owner lets that be done. */
export function ReadOnly(): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <>
      <Button kind="ghost" icon="lock" onClick={() => isOpen.value = true}>{t("files.read_only")}</Button>
      {isOpen.value && (
        <Dialog title={t("files.read_only")} onClose={() => isOpen.value = false}>
          <PolicyNote title={t("files.read_only_title")} lines={policyLines("files", "write")} />
        </Dialog>
      )}
    </>
  );
}

export function UploadButton({ whyNot, onFiles }: {
  readonly whyNot: string | null;
  readonly onFiles: (files: readonly File[]) => void;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("files.upload")}
        onChange={({ currentTarget }) => {
          onFiles(Array.from(currentTarget.files ?? []));
          currentTarget.value = "";
        }}
      />
      <Button kind="primary" icon="upload" whyNot={whyNot} onClick={() => input.current?.click()}>
        {t("files.upload")}
      </Button>
    </>
  );
}
