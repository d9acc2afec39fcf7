import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref } from "../../kit/router.tsx";
import { Tabs } from "../../ui/tabs.tsx";

/** Where a host's parts are; its terminal and files are pages of their own. */
export function HostTabs({ name, current }: { readonly name: string; readonly current: string }): JSX.Element {
  const ids = ["overview", "processes", "events", "tasks", "settings", "files", "terminal"] as const;
  const tabs = ids.map((id) => ({
    id,
    label: t(`host.tab_${id}`),
    href: hostHref(name, id === "overview" ? "" : id),
  }));
  return <Tabs label={t("host.tabs")} tabs={tabs} current={current} />;
}
