import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { Link, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";

export default function MissingPage(): JSX.Element {
  return (
    <Page title={t("problem.missing")}>
      <Empty icon="search" title={t("problem.missing")}>
        <span class="break">{t("problem.missing_why", { path: visible(route.value.path, 200) })}</span>
        <Link href="/hosts">{t("problem.to_hosts")}</Link>
      </Empty>
    </Page>
  );
}
