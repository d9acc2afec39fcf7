import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { FleetProcess } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostsByName } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { can } from "../../kit/session.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, SearchField } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { HostFilter } from "../shared/host_filter.tsx";
import type { LogSource } from "./model/log_source.ts";

const MAX_SHOWN = 500;

interface PickerProps {
  readonly onPick: (sources: readonly LogSource[]) => void;
  /** Those that are followed already. */
  readonly taken?: readonly LogSource[];
}

/** Where nothing is followed yet. */
export function SourcePicker({ title, why, onPick }: PickerProps & {
  readonly title: string;
  readonly why: string;
}): JSX.Element {
  return (
    <div class="logs-picker">
      <Section title={title}>
        <p class="muted">{why}</p>
      </Section>
      <Processes onPick={onPick} taken={[]} />
      <PathForm onPick={onPick} />
    </div>
  );
}

export function PickDialog({ onPick, onClose, taken = [] }: PickerProps & {
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={t("logs.pick_title")} kind="wide" onClose={onClose}>
      <div class="logs-picker in-dialog">
        <Processes onPick={onPick} taken={taken} />
        <PathForm onPick={onPick} />
      </div>
    </Dialog>
  );
}

function rowKey({ hostId, id }: FleetProcess): string {
  return `${hostId}/${id}`;
}

function Processes({ onPick, taken }: Required<PickerProps>): JSX.Element {
  const text = useSignal("");
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const sort = useSignal("host");
  const wanted = text.value.trim();
  const found = useResource(
    async (signal) => {
      const query = { text: wanted, limit: MAX_SHOWN };
      return (await api.get<{ processes: FleetProcess[] }>("/api/v1/processes", { query, signal })).processes;
    },
    [wanted],
  );
  const columns = useMemo(columnsOf, [language.value]);
  const pick = (rows: readonly FleetProcess[]) => {
    onPick(rows.map(({ host, id }) => ({ host, process: id, file: "" })));
  };
  const isTaken = ({ host, id }: FleetProcess) => taken.some((each) => each.host === host && each.process === id);
  const free = (found.data.value ?? []).filter((row) => !isTaken(row));
  const chosen = free.filter((row) => selection.value.has(rowKey(row)));
  return (
    <div class="logs-processes">
      <div class="row wrap">
        <SearchField label={t("logs.pick_find")} value={text.value} onInput={(value) => text.value = value} />
        <span class="grow" />
        <Button kind="primary" icon="logs" isDisabled={chosen.length === 0} onClick={() => pick(chosen)}>
          {chosen.length === 0 ? t("logs.pick_follow") : t("logs.pick_do", { n: chosen.length })}
        </Button>
      </div>
      <Loaded resource={found}>
        {(rows) => (
          <>
            <Table
              label={t("logs.pick_process")}
              rows={free}
              columns={columns}
              keyOf={rowKey}
              nameOf={({ host, name }) => visible(`${host} ${name}`, 160)}
              sort={sort}
              selection={selection}
              rowHeight={36}
              onOpen={(row) => pick([row])}
              empty={
                <Empty
                  icon="logs"
                  title={t(wanted === "" && rows.length === 0 ? "logs.pick_nothing" : "logs.pick_none")}
                />
              }
            />
            {rows.length >= MAX_SHOWN && <p class="muted small">{t("logs.pick_more", { n: MAX_SHOWN })}</p>}
          </>
        )}
      </Loaded>
    </div>
  );
}

function columnsOf(): Column<FleetProcess>[] {
  return [
    {
      id: "process",
      title: t("logs.pick_process"),
      width: 140,
      grow: 2,
      cell: ({ name }) => <span class="cut strong">{visible(name, 120)}</span>,
      sort: ({ name }) => name,
    },
    {
      id: "host",
      title: t("common.host"),
      width: 110,
      grow: 1,
      cell: ({ host }) => <span class="cut">{visible(host, 80)}</span>,
      sort: ({ host, name }) => `${host}\n${name}`,
    },
    {
      id: "state",
      title: t("common.state"),
      width: 110,
      priority: 2,
      cell: ({ state }) => <StateBadge state={state} />,
      sort: ({ state }) => state,
    },
  ];
}

/** A file that belongs to no process; only who may read files is offered that. */
function PathForm({ onPick }: Pick<PickerProps, "onPick">): JSX.Element | null {
  const host = useSignal("");
  const path = useSignal("");
  const isTried = useSignal(false);
  if (!can("host.files.read")) return null;
  const isWhole = hostsByName.value.has(host.value) && path.value.trim() !== "";
  return (
    <details class="logs-path">
      <summary>{t("logs.pick_path")}</summary>
      <form
        class="row wrap top"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          isTried.value = true;
          if (isWhole) onPick([{ host: host.peek(), process: "", file: path.peek().trim() }]);
        }}
      >
        <HostFilter
          label={t("logs.pick_path_host")}
          placeholder={t("logs.pick_path_host")}
          value={host.value}
          onChange={(name) => host.value = name}
        />
        <Field
          class="grow"
          label={t("logs.pick_path_path")}
          isLabelHidden
          placeholder="/var/log/syslog"
          value={path.value}
          onInput={(value) => path.value = value}
          problem={isTried.value && !isWhole ? t("logs.pick_path_need") : null}
          isMono
        />
        <Button type="submit">{t("logs.pick_path_do")}</Button>
      </form>
    </details>
  );
}
