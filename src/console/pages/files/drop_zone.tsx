import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { toastProblem } from "../../ui/toast.tsx";

/** What it holds, onto which files can be dropped. */
export function DropZone({ label, whyNot, onFiles, children }: {
  /** What dropping does, shown while files are above it. */
  readonly label: string;
  readonly whyNot: string | null;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const isOver = useSignal(false);
  /** Going from one child to another leaves the one and enters the other, in whatever order. */
  const depth = useRef(0);
  const move = (event: DragEvent, step: 1 | -1) => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    isOver.value = depth.current > 0;
  };
  return (
    <div
      class="files-drop"
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        isOver.value = false;
        if (whyNot !== null) return toastProblem(whyNot);
        const { files, hasFolders } = droppedFiles(event.dataTransfer);
        if (hasFolders) toastProblem(t("files.drop_folders"));
        onFiles(files);
      }}
    >
      {children}
      {isOver.value && <div class="files-drop-here">{whyNot ?? label}</div>}
    </div>
  );
}

function droppedFiles(transfer: DataTransfer | null): { files: File[]; hasFolders: boolean } {
  const files: File[] = [];
  let hasFolders = false;
  for (const item of Array.from(transfer?.items ?? [])) {
    if (item.kind !== "file") continue;
    const file = item.getAsFile();
    if (item.webkitGetAsEntry()?.isDirectory === true) hasFolders = true;
    else if (file !== null) files.push(file);
  }
  return { files, hasFolders };
}
