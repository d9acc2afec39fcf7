import type { JSX } from "preact";
import type { FileEntry } from "../../../protocol/mod.ts";
import { bytes } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Column } from "../../ui/table.tsx";
import { At } from "../../ui/time.tsx";
import { isFolder, nameKey } from "./listing.ts";
import { modeText, parseOctal } from "./model/file_mode.ts";

export function columnsOf(): Column<FileEntry>[] {
  return [
    { id: "name", title: t("files.name"), width: 180, grow: 3, cell: NameCell, sort: nameKey },
    {
      id: "size",
      title: t("files.size"),
      width: 72,
      priority: 2,
      isEnd: true,
      isDescending: true,
      cell: (entry) => isFolder(entry) ? "" : bytes(entry.sizeBytes),
      sort: (entry) => isFolder(entry) ? undefined : entry.sizeBytes,
    },
    {
      id: "modified",
      title: t("files.modified"),
      width: 148,
      priority: 3,
      isDescending: true,
      cell: ({ modifiedMs }) => <At ms={modifiedMs} />,
      sort: ({ modifiedMs }) => modifiedMs,
    },
    {
      id: "mode",
      title: t("files.mode"),
      width: 88,
      priority: 4,
      cell: ({ mode }) => {
        const bits = parseOctal(mode ?? "");
        return bits === null ? "" : <span class="mono" title={visible(mode, 8)}>{modeText(bits)}</span>;
      },
      sort: ({ mode }) => mode,
    },
    {
      id: "owner",
      title: t("files.owner"),
      width: 120,
      grow: 1,
      priority: 5,
      cell: ({ user, group }) =>
        user === undefined
          ? ""
          : <span class="cut">{visible(user, 40)}{group !== undefined && `:${visible(group, 40)}`}</span>,
      sort: ({ user }) => user,
    },
  ];
}

function NameCell(entry: FileEntry): JSX.Element {
  const { name, kind, target, targetKind, hasOddName } = entry;
  const isDead = hasOddName === true || (kind === "link" && targetKind === undefined) || kind === "other";
  return (
    <>
      <span class={isFolder(entry) ? "files-icon folder" : "files-icon"}>
        <Icon name={isFolder(entry) ? "files" : kind === "link" ? "external" : "logs"} />
      </span>
      <span class={isDead ? "cut muted" : "cut"}>{visible(name, 260)}</span>
      {target !== undefined && (
        <span class="cut muted small">{t("files.link_to", { target: visible(target, 120) })}</span>
      )}
    </>
  );
}
