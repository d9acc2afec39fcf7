import type { JSX } from "preact";
import type { Recording } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";

/** What a recording is called. */
export function nameOf({ host, actor, title }: Recording): string {
  return visible([host, actor, title].filter((part) => part !== "").join(" · "), 120);
}

export function shellOf({ shell, user }: Recording): string {
  if (shell === "" && user === "") return "";
  return t("recordings.as_user", { shell: visible(shell, 80), user: visible(user, 60) });
}

/** That it goes on, or is not whole. */
export function Marks({ recording: { endedMs, isCut } }: { readonly recording: Recording }): JSX.Element {
  return (
    <>
      {endedMs === undefined && <Badge tone="info">{t("recordings.going_on")}</Badge>}
      {isCut && <Badge tone="warn" title={t("recordings.cut_why")}>{t("recordings.cut")}</Badge>}
    </>
  );
}
