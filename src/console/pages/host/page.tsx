import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Page } from "../../ui/page.tsx";
import { Empty, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { EventsTab } from "./events/events_tab.tsx";
import { HostHead } from "./head.tsx";
import { Overview } from "./overview/overview.tsx";
import { ProcessesTab } from "./processes/processes_tab.tsx";
import { SettingsTab } from "./settings/settings_tab.tsx";
import { TasksTab } from "./tasks/tasks_tab.tsx";
import { useHost } from "./use_host.ts";

/** One host: what it is and does, and what can be done to it. */
export default function HostPage(): JSX.Element {
  const { page, params } = route.value;
  // On the way to another page this one is still shown, and the address names no host any more.
  const shown = useRef({ name: "", tab: "" });
  if (page === "host") shown.current = { name: params["name"] ?? "", tab: params["tab"] ?? "overview" };
  const { name, tab } = shown.current;
  const found = useHost(name);
  switch (found.is) {
    case "there":
      return (
        <HostHead host={found.host} tab={tab}>
          <Tab host={found.host} tab={tab} />
        </HostHead>
      );
    case "loading":
      return (
        <Page title={visible(name, 80)}>
          <Loading />
        </Page>
      );
    case "gone":
      return (
        <Page title={visible(name, 80)}>
          <Empty icon="hosts" title={t("host.gone")}>
            <Link href="/hosts">{t("host.to_hosts")}</Link>
          </Empty>
        </Page>
      );
    case "unknown":
      return (
        <Page title={visible(name, 80)}>
          <Problem problem={found.problem} title={t("host.not_found")} onRetry={found.retry} />
          <Link href="/hosts">{t("host.to_hosts")}</Link>
        </Page>
      );
  }
}

function Tab({ host, tab }: { readonly host: HostView; readonly tab: string }): JSX.Element {
  switch (tab) {
    case "overview":
      return <Overview host={host} />;
    case "processes":
      return <ProcessesTab host={host} />;
    case "events":
      return <EventsTab host={host} />;
    case "tasks":
      return <TasksTab host={host} />;
    case "settings":
      return <SettingsTab host={host} />;
    default:
      return <Empty title={t("host.no_tab")} />;
  }
}
