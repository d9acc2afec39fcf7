import type { JSX } from "preact";
import type { HostSettings } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostsByName, watchHost } from "../../kit/live.ts";
import { hostHref, Link, queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Section } from "../../ui/page.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { HostFilter } from "../shared/host_filter.tsx";
import { SelectorName } from "./selector_name.tsx";
import { shownValue } from "./value_text.ts";

/** What holds for one host by all rules, and which rule says so. */
export function ExplainHost({ version }: { readonly version: number }): JSX.Element {
  const name = queryParam("host");
  const id = hostsByName.value.get(name.value)?.id;
  return (
    <Section
      title={t("settings.explain")}
      actions={
        <HostFilter
          label={t("settings.explain_host")}
          value={name.value}
          onChange={(next) => name.value = next}
          placeholder={t("settings.explain_choose")}
        />
      }
    >
      {id !== undefined && <HostValues key={id} id={id} version={version} />}
    </Section>
  );
}

function HostValues({ id, version }: { readonly id: string; readonly version: number }): JSX.Element {
  const host = watchHost(id).value;
  const applied = host?.settingsVersion;
  const settings = useResource(
    (signal) => api.get<HostSettings>(`/api/v1/hosts/${encodeURIComponent(id)}/settings`, { signal }),
    [id, version, applied],
  );
  return (
    <Loaded resource={settings}>
      {({ values, version: wanted }) => {
        const entries = Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1);
        return (
          <div class="card stack">
            <div class="row wrap">
              <Link href={hostHref(host?.name ?? "", "settings")} class="strong">{visible(host?.name ?? "", 80)}</Link>
              <AppliedBadge applied={applied} wanted={wanted} />
            </div>
            {entries.length === 0
              ? <p class="muted">{t("settings.explain_none")}</p>
              : (
                <div class="settings-scroll" tabIndex={0} role="region" aria-label={t("settings.explain")}>
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">{t("settings.key")}</th>
                        <th scope="col">{t("settings.value")}</th>
                        <th scope="col">{t("settings.origin")}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {entries.map(([key, { value, select }]) => (
                        <tr key={key}>
                          <th scope="row">
                            <code>{visible(key, 200)}</code>
                          </th>
                          <td>{visible(shownValue(value), 300)}</td>
                          <td>
                            <SelectorName select={select} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
          </div>
        );
      }}
    </Loaded>
  );
}

function AppliedBadge({ applied, wanted }: {
  readonly applied: number | undefined;
  readonly wanted: number;
}): JSX.Element {
  if (applied === undefined) return <Badge>{t("settings.explain_never")}</Badge>;
  return applied === wanted
    ? <Badge tone="good">{t("settings.explain_applied")}</Badge>
    : <Badge tone="warn">{t("settings.explain_pending")}</Badge>;
}
