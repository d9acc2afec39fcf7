import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { HostSettings, HostView } from "../../../../protocol/mod.ts";
import { api } from "../../../kit/api.ts";
import { language, t } from "../../../kit/i18n/i18n.ts";
import { Link } from "../../../kit/router.tsx";
import { visible } from "../../../kit/safe_text.ts";
import { whyNot } from "../../../kit/session.ts";
import { Badge } from "../../../ui/badge.tsx";
import { Section } from "../../../ui/page.tsx";
import { Note } from "../../../ui/problem.tsx";
import { Loaded, useResource } from "../../../ui/resource.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { knownKey, shownValue } from "../../settings/value_text.ts";

const EVERY_MS = 15_000;

interface SettingRow {
  readonly key: string;
  readonly value: unknown;
  readonly select: string;
}

/** The manager's settings for this host, each with the rule that says so; what no rule sets, the host's own file does. */
export function InForce({ host }: { readonly host: HostView }): JSX.Element {
  const refusal = whyNot("settings.view");
  return (
    <Section
      title={t("host.settings")}
      actions={refusal === null && <Link href="/settings">{t("host.to_settings")}</Link>}
    >
      <p class="muted">{t("host.settings_what")}</p>
      {refusal === null ? <Rules host={host} /> : <Note>{refusal}</Note>}
    </Section>
  );
}

function Rules({ host }: { readonly host: HostView }): JSX.Element {
  const settings = useResource(
    (signal) => api.get<HostSettings>(`/api/v1/hosts/${encodeURIComponent(host.id)}/settings`, { signal }),
    // The rules that fit depend on these; and the host says by its version what it has.
    [host.id, host.name, JSON.stringify(host.labels), host.settingsVersion],
    { everyMs: EVERY_MS },
  );
  const columns = useMemo(settingColumns, [language.value]);
  return (
    <Loaded resource={settings} title={t("host.no_settings")}>
      {({ version, appliedVersion, values }) => {
        const rows = Object.entries(values).map(([key, { value, select }]): SettingRow => ({ key, value, select }));
        return (
          <>
            <Applied version={version} appliedVersion={appliedVersion} hasRows={rows.length > 0} />
            {rows.length > 0 && (
              <Table
                label={t("host.settings")}
                rows={rows}
                columns={columns}
                keyOf={({ key }) => key}
                nameOf={({ key }) => key}
                isPlain
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

/** Taking rules away is told to the host as well, so there is something to wait for without any. */
function Applied({ version, appliedVersion, hasRows }: {
  readonly version: number;
  readonly appliedVersion: number | undefined;
  readonly hasRows: boolean;
}): JSX.Element {
  const isApplied = (appliedVersion ?? 0) === version;
  if (!isApplied) return <Note tone="warn">{t("host.settings_waiting")}</Note>;
  return hasRows
    ? (
      <div>
        <Badge tone="good">{t("host.settings_applied")}</Badge>
      </div>
    )
    : <Note>{t("host.settings_none")}</Note>;
}

function settingColumns(): Column<SettingRow>[] {
  return [
    {
      id: "key",
      title: t("host.setting"),
      width: 150,
      grow: 2,
      cell: ({ key }) => <code class="cut" title={knownKey(key)?.description ?? key}>{visible(key, 200)}</code>,
    },
    {
      id: "value",
      title: t("host.setting_value"),
      width: 100,
      grow: 2,
      cell: ({ value }) => (
        <code class="cut" title={visible(shownValue(value), 1_000)}>{visible(shownValue(value), 200)}</code>
      ),
    },
    {
      id: "origin",
      title: t("host.setting_origin"),
      width: 110,
      grow: 2,
      cell: ({ select }) =>
        select === ""
          ? t("host.rule_all")
          : <span class="cut" title={visible(select, 500)}>{t("host.rule_for", { select: visible(select, 200) })}
          </span>,
    },
  ];
}
