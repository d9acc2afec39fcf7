import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import type { HostView } from "../../../../protocol/mod.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { queryParam } from "../../../kit/router.tsx";
import { SearchField } from "../../../ui/field.tsx";
import { Toolbar } from "../../../ui/page.tsx";
import { Empty, Note, Problem } from "../../../ui/problem.tsx";
import { Loading } from "../../../ui/resource.tsx";
import { Time } from "../../../ui/time.tsx";
import { type Acting, ActingDialog } from "../../processes/acting.tsx";
import { ProcessDrawer } from "../../processes/drawer.tsx";
import { SelectionBar } from "../../processes/filter_bar.tsx";
import { filterOf } from "../../processes/model/process_filter.ts";
import { isReachable, keyOf, type ProcessRow } from "../../processes/model/process_row.ts";
import { ProcessTable } from "../../processes/process_table.tsx";
import { useHostProcesses } from "./use_host_processes.ts";

const text = queryParam("q");
const sort = queryParam("sort");
const open = queryParam("open");

/** What the agent supervises on one host. */
export function ProcessesTab({ host }: { readonly host: HostView }): JSX.Element {
  const list = useHostProcesses(host);
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const acting = useSignal<Acting | null>(null);
  const all = list.data.value;
  const rows = useMemo(
    () => all?.filter(filterOf({ text: text.value, states: "", label: "" }).matches),
    [all, text.value],
  );
  const byKey = useComputed(() => new Map(list.data.value?.map((row) => [row.key, row])));
  const selected = useMemo(() => rows?.filter(({ key }) => selection.value.has(key)) ?? [], [rows, selection.value]);
  const onPickLabel = useCallback((key: string, value: string) => text.value = value === "" ? key : value, []);
  const close = () => acting.value = null;
  return (
    <>
      {!isReachable(host.state) && <Away host={host} rows={all} />}
      <Toolbar label={t("common.filter")}>
        <SearchField label={t("host.search_processes")} value={text.value} onInput={(value) => text.value = value} />
        <SelectionBar
          rows={selected}
          onAct={(next) => acting.value = next}
          onClear={() => selection.value = new Set()}
        />
      </Toolbar>
      {list.problem.value !== undefined && (
        <Problem problem={list.problem.value} isBusy={list.isLoading.value} onRetry={list.reload} />
      )}
      {rows !== undefined
        ? (
          <ProcessTable
            rows={rows}
            hasHost={false}
            sort={sort}
            selection={selection}
            onOpen={({ id }) => open.value = id}
            onPickLabel={onPickLabel}
            empty={<Nothing isFiltered={(all?.length ?? 0) > 0} />}
          />
        )
        : list.problem.value === undefined && <Loading />}
      {open.value !== "" && all !== undefined && (
        <ProcessDrawer
          key={open.value}
          row={byKey.value.get(keyOf(host.id, open.value))}
          onAct={(next) => acting.value = next}
          onClose={() => open.value = ""}
        />
      )}
      {acting.value !== null && <ActingDialog acting={acting.value} onClose={close} onDone={list.reload} />}
    </>
  );
}

function Away(
  { host, rows }: { readonly host: HostView; readonly rows: readonly ProcessRow[] | undefined },
): JSX.Element {
  const reportedMs = rows?.[0]?.reportedMs ?? host.lastSeenMs;
  return (
    <Note tone="warn">
      <span>
        {t("host.processes_as_of")} <Time ms={reportedMs} />
      </span>
    </Note>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  return isFiltered
    ? <Empty icon="filter" title={t("processes.none_fits")} />
    : <Empty icon="processes" title={t("processes.none")}>{t("processes.none_why")}</Empty>;
}
