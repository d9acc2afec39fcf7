import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../../protocol/mod.ts";
import { agentPath, api } from "../../../kit/api.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { Badge } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Code } from "../../../ui/code.tsx";
import { Section } from "../../../ui/page.tsx";
import { Note } from "../../../ui/problem.tsx";
import { useResource } from "../../../ui/resource.tsx";
import { isReachable } from "../../processes/model/process_row.ts";
import { optionalText, recordOf } from "../../shared/host_values.ts";
import { type PolicyRow, policyRows } from "../model/policy_rows.ts";

const RELOAD = "agent reload";

/** What the host's owner lets the manager do; nothing here can change it, so it says what would. */
export function Policy({ host }: { readonly host: HostView }): JSX.Element {
  const rows = policyRows(host.facts);
  const isThere = isReachable(host.state) && host.kind === "agent";
  return (
    <Section title={t("host.policy")}>
      <p class="muted">{t("host.policy_what")}</p>
      {rows.every(({ word }) => word === null) && <Note>{t("host.policy_untold")}</Note>}
      {isThere ? <FoundFile hostId={host.id} rows={rows} /> : <Rows rows={rows} file={null} />}
    </Section>
  );
}

/** Where the file is, the host tells; without it the lines are right all the same. */
function FoundFile({ hostId, rows }: { readonly hostId: string; readonly rows: readonly PolicyRow[] }): JSX.Element {
  const status = useResource(
    (signal) => api.get<unknown>(agentPath(hostId, "/v1/status"), { signal }),
    [hostId],
  );
  return <Rows rows={rows} file={fileOf(status.data.value)} />;
}

function fileOf(status: unknown): string | null {
  const { file } = recordOf(recordOf(status)["config"]);
  return optionalText(file) ?? null;
}

function Rows({ rows, file }: { readonly rows: readonly PolicyRow[]; readonly file: string | null }): JSX.Element {
  return (
    <ul class="card host-policy">
      {rows.map((row) => <Row key={row.key} row={row} file={file} />)}
    </ul>
  );
}

function Row(
  { row: { key, word, choices }, file }: { readonly row: PolicyRow; readonly file: string | null },
): JSX.Element {
  const isOpen = useSignal(false);
  const id = `policy-${key}`;
  const isOn = word !== null && word !== "off";
  return (
    <li class="host-policy-row">
      <div class="row wrap">
        <code class="host-policy-key">{key}</code>
        <Badge tone={isOn ? "info" : "dim"}>
          {word === null ? t("host.policy_unknown") : visible(word, 8)}
        </Badge>
        <span class="host-policy-word muted">{t(`host.policy_${key}`)}</span>
        <Button
          kind="ghost"
          isSmall
          icon={isOpen.value ? "up" : "down"}
          controls={{ id, isOpen: isOpen.value }}
          onClick={() => isOpen.value = !isOpen.value}
        >
          {t("host.policy_how")}
          <span class="hidden-label">{key}</span>
        </Button>
      </div>
      {isOpen.value && (
        <div id={id} class="stack tight host-policy-how">
          {choices.map(({ word: other, lines }) => (
            <div key={other} class="stack tight">
              <span>
                {file === null
                  ? t("host.policy_lines", { word: other })
                  : t("host.policy_lines_in", { word: other, file: visible(file, 300) })}
              </span>
              <Code text={lines} label={t("host.policy_code", { key, word: other })} />
            </div>
          ))}
          <span>{t("host.policy_then")}</span>
          <Code text={RELOAD} label={t("host.policy_then")} />
        </div>
      )}
    </li>
  );
}
