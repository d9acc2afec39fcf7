import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { FileRoots, HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link, queryParam, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { can, whyNot } from "../../kit/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, Note } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { policyLines } from "../host/model/policy_rows.ts";
import { FullHostPage } from "../shared/host_page.tsx";
import { PolicyNote } from "../shared/policy_note.tsx";
import { loadRoots } from "./file_api.ts";
import { FolderView } from "./folder_view.tsx";
import { rootOf } from "./model/host_path.ts";
import { folderHref } from "./page_links.ts";

/** The files of a host, as far as its owner lets them be seen. */
export default function FilesPage(): JSX.Element {
  const { page, params } = route.value;
  // On the way to another page this one is still shown, and the address names no host any more.
  const name = useRef("");
  if (page === "files") name.current = params["name"] ?? "";
  return (
    <FullHostPage name={name.current} tab="files" title={t("files.of_host", { host: visible(name.current, 80) })}>
      {(host) => <HostFiles host={host} />}
    </FullHostPage>
  );
}

function HostFiles({ host }: { readonly host: HostView }): JSX.Element {
  const refusal = whyNot("host.files.read", host);
  const setting = host.facts?.policy?.["files"];
  if (can("host.files.read") && host.kind === "agent" && (setting === undefined || setting === "off")) {
    return (
      <div class="stack">
        <PolicyNote
          title={t(setting === undefined ? "files.off_old" : "files.off_title")}
          lines={policyLines("files", "read")}
        />
        <p class="muted">{t("files.off_write")}</p>
      </div>
    );
  }
  return refusal === null ? <Roots key={host.id} host={host} /> : <Note>{refusal}</Note>;
}

function Roots({ host }: { readonly host: HostView }): JSX.Element {
  const policy = host.facts?.policy?.["files"];
  const roots = useResource((signal) => loadRoots(host.id, signal), [host.id, policy]);
  return <Loaded resource={roots}>{(found) => <Place host={host} roots={found} />}</Loaded>;
}

function Place({ host, roots }: { readonly host: HostView; readonly roots: FileRoots }): JSX.Element {
  const asked = queryParam("path").value;
  const [first] = roots.roots;
  if (first === undefined) {
    return (
      <Empty icon="files" title={t("files.no_roots")}>
        <p>{t("files.no_roots_why")}</p>
      </Empty>
    );
  }
  const path = asked === "" && roots.roots.length === 1 ? first.path : asked;
  if (path === "") return <RootList host={host} roots={roots} />;
  const root = rootOf(path, roots.roots.map((each) => each.path)) ?? path;
  return <FolderView host={host} roots={roots} root={root} path={path} />;
}

function RootList({ host, roots }: { readonly host: HostView; readonly roots: FileRoots }): JSX.Element {
  return (
    <ul class="files-roots" aria-label={t("files.roots")}>
      {roots.roots.map(({ path, isWritable }) => (
        <li key={path}>
          <Link class="files-root" href={folderHref(host, path)}>
            <Icon name="files" size={20} />
            <span class="grow cut mono">{visible(path, 200)}</span>
            {!(isWritable && roots.policy === "write") && <Badge>{t("files.read_only")}</Badge>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
