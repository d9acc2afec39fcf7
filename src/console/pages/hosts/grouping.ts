import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { stateName } from "../../ui/badge.tsx";

/** Before the key of a label, so that one called `state` is not the state. */
export const LABEL = "label:";

/** Under which heading a host stands, by what the address says: `state`, `system`, `label:env`; null for none. */
export function grouping(by: string): ((host: HostView) => string) | null {
  if (by === "state") return ({ state }) => stateName(state);
  if (by === "system") return ({ facts }) => visible(facts?.osName ?? facts?.os ?? t("state.unknown"), 60);
  if (!by.startsWith(LABEL)) return null;
  const key = by.slice(LABEL.length);
  return ({ labels }) =>
    Object.hasOwn(labels, key) ? visible(`${key}=${labels[key]}`, 80) : t("hosts.without", { key });
}
