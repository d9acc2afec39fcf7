import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";

const MAX_SHOWN = 50;

/** The host of one more terminal: those that can have one come first. */
export function HostPicker({ onPick, onClose }: {
  readonly onPick: (host: HostView) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const text = useSignal("");
  const part = text.value.trim().toLowerCase();
  const fitting = [...hosts.value.values()].filter(({ name }) => name.toLowerCase().includes(part))
    .map((host) => ({ host, why: whyNot("host.terminal", host, "terminal") }))
    .sort((a, b) => Number(a.why !== null) - Number(b.why !== null) || a.host.name.localeCompare(b.host.name));
  const shown = fitting.slice(0, MAX_SHOWN);
  return (
    <Dialog
      title={t("terminal.choose_host")}
      onClose={onClose}
      onSubmit={() => {
        const [first] = shown;
        if (first !== undefined) onPick(first.host);
      }}
    >
      <Field
        label={t("terminal.find_host")}
        type="search"
        value={text.value}
        onInput={(value) => text.value = value}
        maxLength={200}
        hasFocus
      />
      {shown.length === 0 && <p class="muted">{t("terminal.no_host")}</p>}
      <ul class="terminal-hosts">
        {shown.map(({ host, why }) => (
          <li key={host.id}>
            <button type="button" class="terminal-host" onClick={() => onPick(host)}>
              <span class="cut grow">{visible(host.name, 80)}</span>
              {why !== null && <span class="muted small cut">{why}</span>}
              <StateBadge state={host.state} />
            </button>
          </li>
        ))}
      </ul>
      {fitting.length > shown.length && (
        <p class="muted small">{t("terminal.too_many_hosts", { n: fitting.length - shown.length })}</p>
      )}
    </Dialog>
  );
}
