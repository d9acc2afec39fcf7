import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { FileEntry, HostView } from "../../../protocol/mod.ts";
import { bytes } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { wordsOf } from "../../ui/problem.tsx";
import { At } from "../../ui/time.tsx";
import { contentHref, digest } from "./file_api.ts";
import { FileView } from "./file_view.tsx";
import { isReadable } from "./listing.ts";
import { modeText, parseOctal } from "./model/file_mode.ts";
import { joinPath } from "./model/host_path.ts";

/** What there is to know of one entry, and what is in it. */
export function FileDrawer({ host, folder, entry, actions, onClose }: {
  readonly host: HostView;
  readonly folder: string;
  readonly entry: FileEntry;
  /** What can be done to it. */
  readonly actions: ComponentChildren;
  readonly onClose: () => void;
}): JSX.Element {
  const path = joinPath(folder, entry.name);
  const canRead = isReadable(entry);
  return (
    <Dialog title={visible(entry.name, 120)} kind="side" onClose={onClose}>
      <div class="row wrap">
        {canRead && (
          <a class="button tiny" href={contentHref(host.id, path)} download={entry.name}>
            <Icon name="download" />
            <span>{t("files.download")}</span>
          </a>
        )}
        {actions}
      </div>
      <Facts host={host} path={path} entry={entry} />
      {canRead && (
        <>
          <div class="row wrap">
            <h3 class="grow">{t("files.view")}</h3>
            <Link href={`/logs?${new URLSearchParams({ host: host.name, path })}`}>{t("files.in_logs")}</Link>
          </div>
          <FileView hostId={host.id} path={path} sizeBytes={entry.sizeBytes} />
        </>
      )}
    </Dialog>
  );
}

function Facts({ host, path, entry }: {
  readonly host: HostView;
  readonly path: string;
  readonly entry: FileEntry;
}): JSX.Element {
  const { kind, sizeBytes, modifiedMs, mode, user, group, target } = entry;
  const bits = parseOctal(mode ?? "");
  const canRead = isReadable(entry);
  // It has the focus first, and not the field to find with, which would bring up a telephone's keyboard.
  return (
    <dl class="facts" tabIndex={-1} data-autofocus="">
      <dt>{t("files.path")}</dt>
      <dd class="row">
        <span class="mono break grow">{visible(path, 4_096)}</span>
        <CopyButton text={path} label={t("files.copy_path")} />
      </dd>
      <dt>{t("files.kind")}</dt>
      <dd>
        {t(`files.kind_${kind}`)}
        {target !== undefined && (
          <>
            {" "}
            <span class="mono break">{t("files.link_to", { target: visible(target, 500) })}</span>
          </>
        )}
        {kind === "link" && entry.targetKind === undefined && <p class="warn">{t("files.link_nowhere")}</p>}
        {entry.hasOddName === true && <p class="warn">{t("files.odd_name")}</p>}
      </dd>
      <dt>{t("files.size")}</dt>
      <dd class="nums">{bytes(sizeBytes)}</dd>
      <dt>{t("files.modified")}</dt>
      <dd>
        <At ms={modifiedMs} />
      </dd>
      {bits !== null && (
        <>
          <dt>{t("files.mode")}</dt>
          <dd class="mono">{modeText(bits)} ({visible(mode, 8)})</dd>
        </>
      )}
      {user !== undefined && (
        <>
          <dt>{t("files.owner")}</dt>
          <dd class="break">{visible(user, 80)}{group !== undefined && `:${visible(group, 80)}`}</dd>
        </>
      )}
      {canRead && (
        <>
          <dt>{t("files.hash")}</dt>
          <dd>
            <Hash hostId={host.id} path={path} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** The host reads the whole file for it, so it is asked for only when somebody wants it. */
function Hash({ hostId, path }: { readonly hostId: string; readonly path: string }): JSX.Element {
  const hash = useSignal("");
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const compute = async () => {
    isBusy.value = true;
    problem.value = "";
    try {
      hash.value = (await digest(hostId, path, left.current.signal)).sha256;
    } catch (error) {
      if (left.current.signal.aborted) return;
      problem.value = wordsOf(error);
    }
    isBusy.value = false;
  };
  if (hash.value !== "") {
    return (
      <span class="row">
        <span class="mono break grow">{visible(hash.value, 64)}</span>
        <CopyButton text={hash.value} />
      </span>
    );
  }
  return (
    <span class="stack tight">
      <span>
        <Button isSmall isBusy={isBusy.value} onClick={() => void compute()}>{t("files.hash_do")}</Button>
      </span>
      {problem.value !== "" && <span class="bad break">{problem.value}</span>}
    </span>
  );
}
