import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../../protocol/mod.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { whyNot } from "../../../kit/session.ts";
import { Button } from "../../../ui/button.tsx";
import { Section } from "../../../ui/page.tsx";
import { Time } from "../../../ui/time.tsx";
import { DrainDialog, RemoveDialog } from "../danger_dialogs.tsx";
import { InForce } from "./in_force.tsx";
import { Policy } from "./policy.tsx";

/** What holds for a host, who says so, and what can be done to it that is not done lightly. */
export function SettingsTab({ host }: { readonly host: HostView }): JSX.Element {
  return (
    <div class="stack loose">
      <InForce host={host} />
      <Policy host={host} />
      <Danger host={host} />
    </div>
  );
}

function Danger({ host }: { readonly host: HostView }): JSX.Element {
  const dialog = useSignal<"drain" | "remove" | null>(null);
  const refusal = whyNot("host.manage");
  const close = () => dialog.value = null;
  return (
    <Section title={t("host.danger")}>
      <div class="card host-danger stack">
        {host.duplicates.length > 0 && <Duplicates host={host} />}
        <div class="row wrap">
          <div class="host-danger-what">
            <h3>{t(host.drained ? "host.undrain" : "host.drain")}</h3>
            <p class="muted">{t(host.drained ? "host.undrain_what" : "host.drain_what")}</p>
          </div>
          <Button icon="drain" whyNot={refusal} onClick={() => dialog.value = "drain"}>
            {t(host.drained ? "host.undrain" : "host.drain")}
          </Button>
        </div>
        <div class="row wrap">
          <div class="host-danger-what">
            <h3>{t("host.remove")}</h3>
            <p class="muted">{t("host.remove_what")}</p>
          </div>
          <Button kind="danger" icon="trash" whyNot={refusal} onClick={() => dialog.value = "remove"}>
            {t("host.remove")}
          </Button>
        </div>
      </div>
      {dialog.value === "drain" && <DrainDialog host={host} onClose={close} />}
      {dialog.value === "remove" && <RemoveDialog host={host} onClose={close} />}
    </Section>
  );
}

/** Others that claimed to be this host: a cloned disk, or somebody who has its key. */
function Duplicates({ host }: { readonly host: HostView }): JSX.Element {
  return (
    <div class="stack tight">
      <h3 class="warn">{t("host.duplicates")}</h3>
      <p class="muted">{t("host.duplicates_what")}</p>
      <table class="host-plain">
        <thead>
          <tr>
            <th scope="col">{t("common.time")}</th>
            <th scope="col">{t("host.fact_address")}</th>
            <th scope="col">{t("host.fact_hostname")}</th>
            <th scope="col">{t("host.fact_machine")}</th>
          </tr>
        </thead>
        <tbody>
          {host.duplicates.map(({ timeMs, address, hostname, machineId }) => (
            <tr key={`${timeMs} ${address}`}>
              <td>
                <Time ms={timeMs} />
              </td>
              <td class="break">{visible(address, 64)}</td>
              <td class="break">{visible(hostname, 255)}</td>
              <td class="break mono">{visible(machineId ?? "–", 64)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
