import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty, Note, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { type Acting, ActingDialog } from "./acting.tsx";
import { ProcessDrawer } from "./drawer.tsx";
import { FilterBar, SelectionBar } from "./filter_bar.tsx";
import { filterOf, groupingOf } from "./model/process_filter.ts";
import { ProcessTable } from "./process_table.tsx";
import { useFleetProcesses } from "./use_fleet_processes.ts";

const text = queryParam("q");
const states = queryParam("state");
const label = queryParam("label");
const group = queryParam("group");
const sort = queryParam("sort");
const open = queryParam("open");

/** The processes of all hosts. */
export default function ProcessesPage(): JSX.Element {
  const fleet = useFleetProcesses();
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const acting = useSignal<Acting | null>(null);
  const filter = useMemo(
    () => filterOf({ text: text.value, states: states.value, label: label.value }),
    [text.value, states.value, label.value],
  );
  const all = fleet.rows.value;
  const rows = useMemo(() => all?.filter(filter.matches), [all, filter]);
  const byKey = useComputed(() => new Map(fleet.rows.value?.map((row) => [row.key, row])));
  const onPickLabel = useCallback((key: string, value: string) => label.value = `${key}=${value}`, []);
  const selected = useMemo(() => rows?.filter(({ key }) => selection.value.has(key)) ?? [], [rows, selection.value]);
  return (
    <Page title={t("processes.title")} isFull>
      <FilterBar
        query={{ text, states, label, group }}
        all={all ?? []}
        shown={rows?.length ?? 0}
        problem={filter.problem}
      />
      <SelectionBar rows={selected} onAct={(next) => acting.value = next} onClear={() => selection.value = new Set()} />
      {fleet.problem.value !== undefined && (
        <Problem problem={fleet.problem.value} isBusy={fleet.isLoading.value} onRetry={fleet.reload} />
      )}
      {fleet.isCut.value && <Note tone="warn">{t("processes.cut")}</Note>}
      {rows !== undefined
        ? (
          <ProcessTable
            rows={rows}
            hasHost
            sort={sort}
            selection={selection}
            grouping={groupingOf(group.value)}
            onOpen={({ key }) => open.value = key}
            onPickLabel={onPickLabel}
            empty={<Nothing isFiltered={(all?.length ?? 0) > 0} />}
          />
        )
        : fleet.problem.value === undefined && <Loading />}
      {open.value !== "" && all !== undefined && (
        <ProcessDrawer
          key={open.value}
          row={byKey.value.get(open.value)}
          onAct={(next) => acting.value = next}
          onClose={() => open.value = ""}
        />
      )}
      {acting.value !== null && (
        <ActingDialog
          acting={acting.value}
          onClose={() => acting.value = null}
          onDone={fleet.reload}
        />
      )}
    </Page>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  return isFiltered
    ? <Empty icon="filter" title={t("processes.none_fits")} />
    : <Empty icon="processes" title={t("processes.none")}>{t("processes.none_why")}</Empty>;
}
