import type { JSX } from "preact";
import type { AuditEntry } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible, visibleLines } from "../../kit/safe_text.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { At } from "../../ui/time.tsx";
import { detailLines } from "./actions.ts";

/** All that the audit knows of one thing that was done. */
export function EntryDialog({ entry, onClose }: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}): JSX.Element {
  const host = entry.hostId === undefined ? undefined : hosts.value.get(entry.hostId);
  const lines = detailLines(entry.details);
  return (
    <Dialog
      title={t("audit.details", { seq: entry.seq })}
      kind="side"
      onClose={onClose}
      actions={<CopyButton text={JSON.stringify(entry, null, 2)} isSmall={false} />}
    >
      <dl class="facts">
        <dt>{t("common.time")}</dt>
        <dd>
          <At ms={entry.timeMs} />
        </dd>
        <dt>{t("audit.actor")}</dt>
        <dd class="break">{visible(entry.actor, 100)}</dd>
        <dt>{t("audit.address")}</dt>
        <dd class="break">{visible(entry.address, 100)}</dd>
        <dt>{t("audit.action")}</dt>
        <dd class="break">
          <code>{visible(entry.action, 100)}</code>
        </dd>
        <dt>{t("audit.subject")}</dt>
        <dd class="break">{visible(entry.subject, 1_000)}</dd>
        {entry.hostId !== undefined && (
          <>
            <dt>{t("audit.host")}</dt>
            <dd class="break">
              {host === undefined
                ? <code>{visible(entry.hostId, 80)}</code>
                : <Link href={hostHref(host.name)}>{visible(host.name, 80)}</Link>}
            </dd>
          </>
        )}
        <dt>{t("audit.result")}</dt>
        <dd>
          <StateBadge state={entry.result} />
        </dd>
        <dt>{t("audit.hash")}</dt>
        <dd class="break">
          <code>{visible(entry.hash, 100)}</code>
        </dd>
      </dl>
      <h3>{t("common.details")}</h3>
      {lines.length === 0 ? <p class="muted">{t("audit.no_details")}</p> : (
        <dl class="facts audit-details">
          {lines.map(([key, value]) => (
            <div key={key} class="audit-line">
              <dt class="break">{visible(key, 200)}</dt>
              <dd>
                <code>{visibleLines(value, 2_000)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Dialog>
  );
}
