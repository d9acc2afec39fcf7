import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { CopyButton } from "../../ui/code.tsx";
import { Icon } from "../../ui/icon.tsx";
import { crumbsOf } from "./model/host_path.ts";
import { folderHref } from "./page_links.ts";

/** The way from what the host has released down to the folder that is shown. */
export function Crumbs({ host, root, path, hasRoots }: {
  readonly host: HostView;
  readonly root: string;
  readonly path: string;
  /** Whether there are other folders to choose from. */
  readonly hasRoots: boolean;
}): JSX.Element {
  const crumbs = crumbsOf(path, root);
  return (
    <div class="row">
      <nav class="files-crumbs grow" aria-label={t("files.place")} tabIndex={0}>
        {hasRoots && (
          <>
            <Link href={folderHref(host, "")}>{t("files.roots")}</Link>
            <Icon name="right" size={12} />
          </>
        )}
        {crumbs.map((crumb, at) => (
          <span key={crumb.path} class="row files-crumb">
            {at > 0 && <Icon name="right" size={12} />}
            {at === crumbs.length - 1
              ? <span class="strong mono" aria-current="page">{visible(crumb.name, 120)}</span>
              : <Link class="mono" href={folderHref(host, crumb.path)}>{visible(crumb.name, 120)}</Link>}
          </span>
        ))}
      </nav>
      <CopyButton text={path} label={t("files.copy_path")} />
    </div>
  );
}
