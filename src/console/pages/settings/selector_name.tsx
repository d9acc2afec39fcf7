import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";
import { selectorKind, selectorOf } from "../shared/selectors.ts";

/** Which hosts a rule is for, with how strong that makes it. */
export function SelectorName({ select }: { readonly select: string }): JSX.Element {
  const selector = selectorOf(select);
  const kind = selector === null ? "labels" : selectorKind(selector);
  if (kind === "all") return <strong>{t("settings.all_hosts")}</strong>;
  return (
    <span class="row wrap">
      <code class="strong break">{visible(select, 300)}</code>
      <Badge tone={kind === "name" ? "info" : "dim"}>
        {t(kind === "name" ? "settings.by_name" : "settings.by_labels")}
      </Badge>
    </span>
  );
}

/** The same for a sentence or a title. */
export function selectorText(select: string): string {
  return select === "" ? t("settings.all_hosts") : visible(select, 80);
}
