import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { route } from "../../kit/router.tsx";
import { Page } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { FollowView } from "./follow_view.tsx";
import { SearchView } from "./search_view.tsx";

/** Logs of processes, of whichever hosts: as they are written, and searched through. */
export default function LogsPage(): JSX.Element {
  const { page, params } = route.value;
  // On the way to another page this one is still shown, and the address names no part any more.
  const part = useRef("");
  if (page === "logs") part.current = params["tab"] ?? "";
  const isSearch = part.current === "search";
  const title = isSearch ? `${t("logs.title")}: ${t("logs.tab_search")}` : t("logs.title");
  return (
    <Page title={title} heading={t("logs.title")} isFull>
      <Tabs
        label={t("logs.parts")}
        current={isSearch ? "search" : "follow"}
        tabs={[
          { id: "follow", label: t("logs.tab_follow"), href: "/logs" },
          { id: "search", label: t("logs.tab_search"), href: "/logs/search" },
        ]}
      />
      {isSearch ? <SearchView /> : <FollowView />}
    </Page>
  );
}
