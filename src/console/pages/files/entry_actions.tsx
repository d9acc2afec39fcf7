import type { JSX } from "preact";
import type { FileEntry, HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { contentHref, zipHref } from "./file_api.ts";
import { isReadable } from "./listing.ts";
import { joinPath } from "./model/host_path.ts";

/** What is about to be done in a folder. */
export type Doing =
  | { readonly what: "folder" }
  | { readonly what: "rename"; readonly entry: FileEntry }
  | { readonly what: "rights" | "delete"; readonly entries: readonly FileEntry[] };

/** What can be done to the entries that are chosen. */
export function EntryActions({ host, folder, entries, refusal, act, isInside = false }: {
  readonly host: HostView;
  readonly folder: string;
  readonly entries: readonly FileEntry[];
  /** Why nothing may be changed; null where it may. */
  readonly refusal: string | null;
  readonly act: (doing: Doing) => void;
  /** Beside what there is to see of it, where it can be downloaded already. */
  readonly isInside?: boolean | undefined;
}): JSX.Element {
  const [only] = entries;
  const single = entries.length === 1 && only !== undefined ? only : null;
  const isOdd = entries.every(({ hasOddName }) => hasOddName === true);
  const why = refusal ?? (isOdd ? t("files.odd_name") : null);
  const changeable = entries.filter(({ mode, kind }) => mode !== undefined && kind !== "link");
  return (
    <>
      {single !== null && <DownloadLink host={host} folder={folder} entry={single} isInside={isInside} />}
      {single !== null && (
        <Button
          isSmall
          icon="edit"
          whyNot={why}
          onClick={() => act({ what: "rename", entry: single })}
        >
          {t("files.rename")}
        </Button>
      )}
      {changeable.length > 0 && (
        <Button
          isSmall
          icon="lock"
          whyNot={why}
          onClick={() => act({ what: "rights", entries: changeable })}
        >
          {t("files.rights")}
        </Button>
      )}
      <Button isSmall kind="danger" icon="trash" whyNot={why} onClick={() => act({ what: "delete", entries })}>
        {t("files.delete")}
      </Button>
    </>
  );
}

function DownloadLink({ host, folder, entry, isInside }: {
  readonly host: HostView;
  readonly folder: string;
  readonly entry: FileEntry;
  readonly isInside: boolean;
}): JSX.Element | null {
  const path = joinPath(folder, entry.name);
  const isPacked = entry.kind === "directory" && entry.hasOddName !== true;
  if (!isPacked && (isInside || !isReadable(entry))) return null;
  return (
    <a class="button tiny" href={isPacked ? zipHref(host.id, path) : contentHref(host.id, path)} download="">
      <Icon name="download" />
      <span>{t(isPacked ? "files.download_zip" : "files.download")}</span>
    </a>
  );
}
