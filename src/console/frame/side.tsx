import type { JSX } from "preact";
import { t } from "../kit/i18n/i18n.ts";
import { Link, route } from "../kit/router.tsx";
import { can } from "../kit/session.ts";
import { Icon } from "../ui/icon.tsx";
import { type NavEntry, NAVIGATION, PARENTS } from "./navigation.ts";

/** The places that there are for who is logged in. */
export function Side({ onFollow }: { readonly onFollow?: (() => void) | undefined }): JSX.Element {
  const allowed = NAVIGATION.filter(({ verb }) => can(verb));
  const [main, admin] = [allowed.filter((each) => each.isAdmin !== true), allowed.filter((each) => each.isAdmin)];
  return (
    <nav class="side" aria-label={t("nav.main")}>
      <Entries entries={main} onFollow={onFollow} />
      {admin.length > 0 && (
        <>
          <h2 class="side-title">{t("nav.admin")}</h2>
          <Entries entries={admin} onFollow={onFollow} />
        </>
      )}
    </nav>
  );
}

function Entries({ entries, onFollow }: {
  readonly entries: readonly NavEntry[];
  readonly onFollow: (() => void) | undefined;
}): JSX.Element {
  const { page } = route.value;
  const here = PARENTS[page] ?? page;
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.page}>
          <Link
            href={entry.href}
            class="side-link"
            current={entry.page === here ? "page" : undefined}
            onFollow={onFollow}
          >
            <Icon name={entry.icon} />
            <span class="cut">{t(entry.title)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
