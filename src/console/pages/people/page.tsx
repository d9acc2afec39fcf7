import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { can, me } from "../../kit/session.ts";
import { Page } from "../../ui/page.tsx";
import { Note } from "../../ui/problem.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Sessions } from "../shared/sessions.tsx";
import { TokensTab } from "./tokens_tab.tsx";
import { UsersTab } from "./users_tab.tsx";

const TABS = ["users", "tokens", "sessions"] as const;

export default function PeoplePage(): JSX.Element {
  const isManager = can("user.manage");
  const shown = TABS.filter((each) => each !== "users" || isManager);
  const wanted = queryParam("tab").value;
  const tab = shown.find((each) => each === wanted) ?? shown[0];
  return (
    <Page title={t("people.title")}>
      <Tabs
        label={t("people.tabs")}
        current={tab ?? ""}
        tabs={shown.map((id) => ({ id, label: t(`people.${id}`), href: `/people?tab=${id}` }))}
      />
      {tab === "users" && <UsersTab />}
      {tab === "tokens" && <TokensTab />}
      {tab === "sessions" &&
        (me.value?.user === undefined
          ? <Note>{t("people.not_logged_in")}</Note>
          : <Sessions title={t("people.sessions")} />)}
    </Page>
  );
}
