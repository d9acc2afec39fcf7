import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";

/** The hosts that a user or token is limited to. */
export function Scope({ scope }: { readonly scope: string }): JSX.Element {
  return scope === ""
    ? <span class="muted">{t("people.scope_all")}</span>
    : <code class="cut" title={visible(scope, 1_000)}>{visible(scope)}</code>;
}
