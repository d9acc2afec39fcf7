import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { HostView, TerminalView } from "../../../protocol/mod.ts";
import { agentPath, api } from "../../kit/api.ts";
import { ago } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { can, whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/page.tsx";
import { Note } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { policyLines } from "../host/model/policy_rows.ts";
import { PolicyNote } from "../shared/policy_note.tsx";
import { EndDialog } from "./end_dialog.tsx";
import type { TabWish } from "./tab_store.ts";

const POLL_MS = 5_000;

/** Where no terminal is shown: a new one can be opened, and those that are open on the host can be joined. */
export function StartPanel({ host, onOpen }: {
  readonly host: HostView;
  readonly onOpen: (wish: TabWish) => void;
}): JSX.Element {
  const refusal = whyNot("host.terminal", host);
  const setting = host.facts?.policy?.["terminal"];
  if (can("host.terminal") && host.kind === "agent" && setting !== "on") {
    return (
      <PolicyNote
        title={t(setting === undefined ? "terminal.old_agent" : "terminal.off_title")}
        lines={policyLines("terminal", "on")}
      />
    );
  }
  return (
    <div class="stack loose terminal-start">
      <div class="card stack">
        <h2>{t("terminal.open_on", { host: visible(host.name, 80) })}</h2>
        <p>{t("terminal.open_why")}</p>
        <p class="muted">{t("terminal.recorded_why")}</p>
        <div class="row">
          <Button
            kind="primary"
            icon="terminal"
            whyNot={refusal}
            onClick={() => onOpen({ host: { id: host.id, name: host.name } })}
          >
            {t("terminal.open")}
          </Button>
        </div>
      </div>
      {refusal === null ? <OpenTerminals host={host} onOpen={onOpen} /> : <Note>{refusal}</Note>}
    </div>
  );
}

function OpenTerminals({ host, onOpen }: {
  readonly host: HostView;
  readonly onOpen: (wish: TabWish) => void;
}): JSX.Element {
  const list = useResource(
    async (signal) =>
      (await api.get<{ terminals: TerminalView[] }>(agentPath(host.id, "/v1/terminals"), { signal })).terminals,
    [host.id],
    { everyMs: POLL_MS },
  );
  const ending = useSignal<TerminalView | null>(null);
  const target = { id: host.id, name: host.name };
  const columns = useMemo(() => columnsOf(target, onOpen, (terminal) => ending.value = terminal), [
    language.value,
    host.id,
  ]);
  return (
    <Section title={t("terminal.listed")}>
      <Loaded resource={list}>
        {(rows) => (
          <Table
            label={t("terminal.listed")}
            rows={rows}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={nameOf}
            isPlain
            empty={<p class="muted terminal-none">{t("terminal.none_listed")}</p>}
          />
        )}
      </Loaded>
      {ending.value !== null && (
        <EndDialog
          host={target}
          targets={[{ id: ending.value.id, name: nameOf(ending.value) }]}
          onClose={() => ending.value = null}
          onDone={list.reload}
        />
      )}
    </Section>
  );
}

function nameOf({ title, shell, id }: TerminalView): string {
  return visible(title, 80) || visible(shell, 80) || visible(id, 40);
}

function columnsOf(
  host: TabWish["host"],
  onOpen: (wish: TabWish) => void,
  onEnd: (terminal: TerminalView) => void,
): Column<TerminalView>[] {
  return [
    {
      id: "shell",
      title: t("terminal.shell"),
      width: 120,
      grow: 2,
      cell: (terminal) => <span class="cut" title={visible(terminal.shell, 200)}>{nameOf(terminal)}</span>,
    },
    {
      id: "actor",
      title: t("terminal.opened_by"),
      width: 100,
      grow: 1,
      priority: 3,
      cell: ({ actor }) => <span class="cut">{visible(actor, 80)}</span>,
    },
    { id: "opened", title: t("terminal.opened"), width: 90, priority: 5, cell: (row) => <Time ms={row.createdMs} /> },
    { id: "active", title: t("terminal.active"), width: 90, priority: 4, cell: (row) => <Time ms={row.activeMs} /> },
    {
      id: "size",
      title: t("terminal.size"),
      width: 70,
      priority: 6,
      cell: ({ cols, rows }) => <span class="nums">{cols} × {rows}</span>,
    },
    { id: "guests", title: t("terminal.guests"), width: 160, grow: 2, priority: 2, cell: guestsCell },
    {
      id: "do",
      title: t("common.actions"),
      width: 210,
      isEnd: true,
      cell: (terminal) => (
        <>
          <Button isSmall onClick={() => onOpen({ host, terminalId: terminal.id })}>{t("terminal.attach")}</Button>
          <Button isSmall icon="eye" onClick={() => onOpen({ host, terminalId: terminal.id, mode: "view" })}>
            {t("terminal.view")}
          </Button>
          <Button isSmall kind="danger" onClick={() => onEnd(terminal)}>{t("terminal.end")}</Button>
        </>
      ),
    },
  ];
}

function guestsCell({ guests, expiresMs }: TerminalView): JSX.Element {
  if (guests.length === 0) {
    return <span class="muted cut">{t("terminal.nobody", { when: ago(expiresMs, Date.now()) })}</span>;
  }
  const names = guests.map(({ actor, mode }) =>
    t(mode === "view" ? "terminal.guest_view" : "terminal.guest_control", { actor: visible(actor, 80) })
  ).join(", ");
  return <span class="cut" title={names}>{names}</span>;
}
