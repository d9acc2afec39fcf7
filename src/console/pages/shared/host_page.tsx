import type { ComponentChildren, JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded, hostsByName } from "../../kit/live.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { HostTabs } from "../host/host_tabs.tsx";

/** A part of a host's page that takes all the height there is: its terminal, its files. */
export function FullHostPage({ name, tab, title, actions, children }: {
  /** As the address has it: the host's name, or its id. */
  readonly name: string;
  readonly tab: "terminal" | "files";
  /** Of the browser's tab. */
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children: (host: HostView) => ComponentChildren;
}): JSX.Element {
  const host = hostsByName.value.get(name) ?? hosts.value.get(name);
  const heading = (
    <span class="row">
      <span class="cut">{visible(name, 80)}</span>
      {host !== undefined && (
        <span class="host-page-state">
          <StateBadge state={host.state} />
        </span>
      )}
    </span>
  );
  return (
    <Page title={title} heading={heading} actions={actions} isFull>
      <HostTabs name={name} current={tab} />
      {host !== undefined ? children(host) : hostsAreLoaded.value
        ? (
          <Empty icon="hosts" title={t("host.gone")}>
            <Link href="/hosts">{t("host.to_hosts")}</Link>
          </Empty>
        )
        : <Loading />}
    </Page>
  );
}
