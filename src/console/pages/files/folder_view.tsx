import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { FileEntry, FileRoots, HostView } from "../../../protocol/mod.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { navigate, queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox, SearchField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Toolbar } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Table } from "../../ui/table.tsx";
import { type Folder, loadFolder, zipHref } from "./file_api.ts";
import { columnsOf } from "./columns.tsx";
import { Crumbs } from "./crumbs.tsx";
import { DeleteDialog, NewFolderDialog, RenameDialog, RightsDialog } from "./dialogs.tsx";
import { DropZone } from "./drop_zone.tsx";
import { type Doing, EntryActions } from "./entry_actions.tsx";
import { FileDrawer } from "./file_drawer.tsx";
import { entryKeys, isFolder, isHidden, shownEntries } from "./listing.ts";
import { joinPath } from "./model/host_path.ts";
import { folderHref } from "./page_links.ts";
import { addUploads, ReadOnly, UploadButton, writeRefusal } from "./upload_button.tsx";
import { UploadList, uploadsOf } from "./uploads.tsx";

/** By name where the address says nothing else. */
const SORT = {
  get value(): string {
    return queryParam("sort").value || "name";
  },
  set value(next: string) {
    queryParam("sort").value = next === "name" ? "" : next;
  },
};

/** One folder: what is in it, and what can be done to that. */
export function FolderView({ host, roots, root, path }: {
  readonly host: HostView;
  readonly roots: FileRoots;
  readonly root: string;
  readonly path: string;
}): JSX.Element {
  const folder = useResource((signal) => loadFolder(host.id, path, signal), [host.id, path]);
  const uploads = uploadsOf(host.id);
  const arrived = uploads.arrived.value;
  const shownArrived = useRef(arrived);
  useEffect(() => {
    if (shownArrived.current !== arrived) folder.reload();
    shownArrived.current = arrived;
  }, [arrived]);
  return (
    <div class="files-page">
      <Crumbs host={host} root={root} path={path} hasRoots={roots.roots.length > 1} />
      <Loaded resource={folder}>
        {(found) => (
          <Listed
            key={found.path}
            host={host}
            roots={roots}
            folder={found}
            onChanged={folder.reload}
          />
        )}
      </Loaded>
      <UploadList
        uploads={uploads}
        isTaken={(name) => folder.data.peek()?.entries.some((each) => each.name === name) === true}
      />
    </div>
  );
}

function Listed({ host, roots, folder, onChanged }: {
  readonly host: HostView;
  readonly roots: FileRoots;
  readonly folder: Folder;
  readonly onChanged: () => void;
}): JSX.Element {
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const doing = useSignal<Doing | null>(null);
  const opened = queryParam("file");
  const [text, hidden] = [queryParam("q"), queryParam("hidden")];
  const { path, entries } = folder;
  const keys = useMemo(() => entryKeys(entries), [entries]);
  const keyOf = (entry: FileEntry) => keys.get(entry) ?? entry.name;
  const showsHidden = hidden.value !== "";
  const rows = useMemo(() => shownEntries(entries, { text: text.value, showsHidden }), [
    entries,
    text.value,
    showsHidden,
  ]);
  const refusal = writeRefusal(host, roots, folder);
  const upload = (files: readonly File[]) => addUploads(host, roots, path, files);
  const chosen = entries.filter((entry) => selection.value.has(keyOf(entry)));
  const act = (next: Doing) => doing.value = next;
  const open = (entry: FileEntry) => {
    if (isFolder(entry) && entry.hasOddName !== true) navigate(folderHref(host, joinPath(path, entry.name)));
    else opened.value = keyOf(entry);
  };
  const actionsOf = (some: readonly FileEntry[], isInside = false) => (
    <EntryActions host={host} folder={path} entries={some} refusal={refusal} act={act} isInside={isInside} />
  );
  const done = () => {
    selection.value = new Set();
    onChanged();
  };
  const drawn = entries.find((entry) => keyOf(entry) === opened.value);
  return (
    <DropZone
      label={t("files.drop", { path: visible(path, 80) })}
      whyNot={refusal}
      onFiles={upload}
    >
      <FolderBar
        host={host}
        policy={roots.policy}
        path={path}
        entries={entries}
        refusal={refusal}
        onFiles={upload}
        act={act}
        onReload={onChanged}
      />
      {chosen.length > 0 && (
        <Toolbar label={t("common.selected", { n: chosen.length })}>
          <span>{t("common.selected", { n: chosen.length })}</span>
          {actionsOf(chosen)}
          <Button isSmall kind="ghost" onClick={() => selection.value = new Set()}>{t("common.clear")}</Button>
        </Toolbar>
      )}
      <EntryTable rows={rows} keyOf={keyOf} selection={selection} isEmpty={entries.length === 0} onOpen={open} />
      <Foot shown={rows.length} folder={folder} refusal={refusal} />
      {drawn !== undefined && (
        <FileDrawer
          host={host}
          folder={path}
          entry={drawn}
          onClose={() => opened.value = ""}
          actions={actionsOf([drawn], true)}
        />
      )}
      <DoingDialog
        doing={doing.value}
        hostId={host.id}
        folder={path}
        isFolderThere={(name) => entries.some((each) => each.name === name && each.kind === "directory")}
        onClose={() => doing.value = null}
        onDone={done}
      />
    </DropZone>
  );
}

function EntryTable({ rows, keyOf, selection, isEmpty, onOpen }: {
  readonly rows: readonly FileEntry[];
  readonly keyOf: (entry: FileEntry) => string;
  readonly selection: Signal<ReadonlySet<string>>;
  /** Whether there is nothing at all, or nothing that fits. */
  readonly isEmpty: boolean;
  readonly onOpen: (entry: FileEntry) => void;
}): JSX.Element {
  const columns = useMemo(() => columnsOf(), [language.value]);
  return (
    <Table
      label={t("files.title")}
      rows={rows}
      columns={columns}
      keyOf={keyOf}
      nameOf={({ name }) => visible(name, 120)}
      sort={SORT}
      selection={selection}
      rowHeight={36}
      onOpen={onOpen}
      empty={<Empty icon="files" title={t(isEmpty ? "files.empty" : "files.none_fit")} />}
    />
  );
}

function Foot({ shown, folder, refusal }: {
  readonly shown: number;
  readonly folder: Folder;
  readonly refusal: string | null;
}): JSX.Element {
  return (
    <p class="muted small">
      {t("files.entries", { n: shown })}
      {folder.isCut && `; ${t("files.cut", { n: folder.entries.length })}`}
      {refusal !== null && `; ${refusal}`}
    </p>
  );
}

/** What is shown of the folder, and what can be put into it. */
function FolderBar({ host, policy, path, entries, refusal, onFiles, act, onReload }: {
  readonly host: HostView;
  readonly policy: FileRoots["policy"];
  readonly path: string;
  readonly entries: readonly FileEntry[];
  readonly refusal: string | null;
  readonly onFiles: (files: readonly File[]) => void;
  readonly act: (doing: Doing) => void;
  readonly onReload: () => void;
}): JSX.Element {
  const [text, hidden] = [queryParam("q"), queryParam("hidden")];
  const showsHidden = hidden.value !== "";
  const hiddenCount = showsHidden ? 0 : entries.filter(isHidden).length;
  return (
    <Toolbar label={t("files.title")}>
      <SearchField label={t("files.filter")} value={text.value} onInput={(value) => text.value = value} />
      <Checkbox
        label={hiddenCount > 0 ? t("files.hidden_n", { n: hiddenCount }) : t("files.hidden")}
        isChecked={showsHidden}
        onChange={(next) => hidden.value = next ? "1" : ""}
      />
      <span class="grow" />
      {policy === "read" && <ReadOnly />}
      <UploadButton whyNot={refusal} onFiles={onFiles} />
      <Button icon="plus" whyNot={refusal} onClick={() => act({ what: "folder" })}>{t("files.new_folder")}</Button>
      <a class="button" href={zipHref(host.id, path)} download="" title={t("files.download_zip")}>
        <Icon name="download" />
        <span>ZIP</span>
      </a>
      <Button kind="ghost" icon="reload" label={t("common.reload")} onClick={onReload} />
    </Toolbar>
  );
}

function DoingDialog({ doing, isFolderThere, ...shared }: {
  readonly doing: Doing | null;
  readonly hostId: string;
  readonly folder: string;
  readonly isFolderThere: (name: string) => boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element | null {
  switch (doing?.what) {
    case undefined:
      return null;
    case "folder":
      return <NewFolderDialog {...shared} />;
    case "rename":
      return <RenameDialog {...shared} entry={doing.entry} isFolderThere={isFolderThere} />;
    case "rights":
      return <RightsDialog {...shared} entries={doing.entries} />;
    case "delete":
      return <DeleteDialog {...shared} entries={doing.entries} />;
  }
}
