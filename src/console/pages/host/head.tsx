import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { HostView } from "../../../protocol/mod.ts";
import { duration } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";
import { Labels } from "../../ui/labels.tsx";
import { Button } from "../../ui/button.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Page } from "../../ui/page.tsx";
import { Note } from "../../ui/problem.tsx";
import { Since, Time } from "../../ui/time.tsx";
import { isReachable } from "../processes/model/process_row.ts";
import { DrainDialog, RemoveDialog } from "./danger_dialogs.tsx";
import { HostTabs } from "./host_tabs.tsx";
import { LabelsDialog } from "./labels_dialog.tsx";
import { RenameDialog } from "./rename_dialog.tsx";

type HeadDialog = "rename" | "labels" | "drain" | "remove";

/** What stands above each part of a host's page: which host, how it is, where to go from here. */
export function HostHead({ host, tab, children, isFull }: {
  readonly host: HostView;
  readonly tab: string;
  readonly children: ComponentChildren;
  readonly isFull?: boolean | undefined;
}): JSX.Element {
  const dialog = useSignal<HeadDialog | null>(null);
  const close = () => dialog.value = null;
  const open = (which: HeadDialog) => () => dialog.value = which;
  return (
    <Page
      title={visible(host.name, 80)}
      actions={<HeadActions host={host} onOpen={(which) => dialog.value = which} />}
      isFull={isFull ?? tab === "processes"}
    >
      <StateLine host={host} />
      <div class="row wrap">
        <Labels labels={host.labels} max={24} />
        <Button
          kind="ghost"
          isSmall
          icon="label"
          whyNot={whyNot("host.manage")}
          onClick={open("labels")}
        >
          {t("host.edit_labels")}
        </Button>
      </div>
      <HostTabs name={host.name} current={tab} />
      {children}
      {dialog.value === "rename" && <RenameDialog host={host} onClose={close} />}
      {dialog.value === "labels" && <LabelsDialog host={host} onClose={close} />}
      {dialog.value === "drain" && <DrainDialog host={host} onClose={close} />}
      {dialog.value === "remove" && <RemoveDialog host={host} onClose={close} />}
    </Page>
  );
}

function HeadActions({ host, onOpen }: {
  readonly host: HostView;
  readonly onOpen: (dialog: HeadDialog) => void;
}): JSX.Element {
  const refusal = whyNot("host.manage");
  return (
    <Menu
      label={t("common.actions")}
      icon="more"
      items={[
        { label: t("host.rename"), icon: "edit", whyNot: refusal, onPick: () => onOpen("rename") },
        { label: t("host.edit_labels"), icon: "label", whyNot: refusal, onPick: () => onOpen("labels") },
        {
          label: t(host.drained ? "host.undrain" : "host.drain"),
          icon: "drain",
          whyNot: refusal,
          onPick: () => onOpen("drain"),
        },
        null,
        { label: t("host.remove"), icon: "trash", isDanger: true, whyNot: refusal, onPick: () => onOpen("remove") },
      ]}
    />
  );
}

function StateLine({ host }: { readonly host: HostView }): JSX.Element {
  const { state, sinceMs, reason, drained, latencyMs, lastSeenMs, facts, kind, duplicates } = host;
  return (
    <div class="stack tight">
      <div class="row wrap host-state">
        <StateBadge state={state} />
        <span class="muted">
          <Since ms={sinceMs} />
        </span>
        {reason !== "" && <span class="break">{visible(reason, 500)}</span>}
        {drained && <StateBadge state="drained" />}
        {kind === "worker" && <Badge>{t("host.only_reports")}</Badge>}
        {latencyMs !== undefined && isReachable(state) && (
          <span class="muted">{t("host.latency", { span: duration(latencyMs) })}</span>
        )}
        {facts !== undefined && <span class="muted">{t("host.agent", { version: visible(facts.version, 64) })}</span>}
        {(state === "offline" || state === "unreachable") && lastSeenMs !== undefined && (
          <span class="muted">
            {t("host.last_seen")} <Time ms={lastSeenMs} />
          </span>
        )}
      </div>
      {duplicates.length > 0 && <Note tone="warn">{t("host.has_duplicates", { n: duplicates.length })}</Note>}
    </div>
  );
}
