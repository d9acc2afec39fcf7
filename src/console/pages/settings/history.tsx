import type { JSX } from "preact";
import type { AuditEntry } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Section } from "../../ui/page.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Time } from "../../ui/time.tsx";
import { shownValue } from "./value_text.ts";

const SHOWN = 10;
const ACTIONS = ["settings.change", "settings.remove"] as const;

/** Who has changed which settings, from the audit. */
export function History({ version }: { readonly version: number }): JSX.Element {
  const changes = useResource(async (signal) => {
    const found = await Promise.all(ACTIONS.map(async (action) => {
      const query = { action, limit: SHOWN };
      return (await api.get<{ entries: AuditEntry[] }>("/api/v1/audit", { query, signal })).entries;
    }));
    return found.flat().sort((a, b) => b.seq - a.seq).slice(0, SHOWN);
  }, [version]);
  return (
    <Section
      title={t("settings.history")}
      actions={<Link href="/audit?action=settings.change">{t("audit.title")}</Link>}
    >
      <Loaded resource={changes}>
        {(entries) =>
          entries.length === 0 ? <p class="muted">{t("settings.history_none")}</p> : (
            <ol class="settings-history">
              {entries.map((entry) => (
                <li key={entry.seq}>
                  <span class="row wrap">
                    <strong>{visible(entry.actor, 80)}</strong>
                    <span class="break">{visible(entry.subject, 300)}</span>
                    {entry.result !== "ok" && <StateBadge state={entry.result} />}
                    <span class="muted end">
                      <Time ms={entry.timeMs} />
                    </span>
                  </span>
                  <span class="muted break">{whatOf(entry)}</span>
                </li>
              ))}
            </ol>
          )}
      </Loaded>
    </Section>
  );
}

function whatOf({ action, details }: AuditEntry): string {
  if (action === "settings.remove") return t("settings.history_removed");
  const { values } = details;
  const given = typeof values === "object" && values !== null ? Object.entries(values) : [];
  return visible(
    given.map(([key, value]) => `${key}: ${value === null ? t("settings.history_taken_out") : shownValue(value)}`).join(
      ", ",
    ),
    500,
  );
}
