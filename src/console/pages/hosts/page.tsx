import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { HostSamples, HostView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded, onHostsChanged } from "../../kit/live.ts";
import { hostHref, navigate, queryParam, setQuery } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { Table } from "../../ui/table.tsx";
import { AddHost } from "./add_host.tsx";
import { Bulk } from "./bulk.tsx";
import { hostColumns } from "./columns.tsx";
import { FilterBar, StateChips } from "./filter_bar.tsx";
import { grouping } from "./grouping.ts";
import { filterHosts, readWish, traitCounts } from "./host_filter.ts";
import { Trends } from "./trends.ts";
import { Views } from "./views.tsx";

const ROW_HEIGHT = 44;
const TREND = { duration: "10m", step: "10s" };

const text = queryParam("q");
const select = queryParam("select");
const states = queryParam("state");
const group = queryParam("group");
const sort = queryParam("sort");
const add = queryParam("add");

/** In the order of their names until something else is asked for. */
const order = {
  get value() {
    return sort.value === "" ? "name" : sort.value;
  },
  set value(next: string) {
    sort.value = next === "name" ? "" : next;
  },
};

export default function HostsPage(): JSX.Element {
  const trends = useTrends();
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const wish = useComputed(() => readWish({ text: text.value, select: select.value, states: states.value }));
  const rows = useComputed(() => filterHosts(hosts.value.values(), wish.value));
  const counts = useComputed(() => traitCounts(hosts.value.values(), wish.value));
  const chosen = useComputed(() => Array.from(selection.value, (id) => hosts.value.get(id) ?? []).flat());
  const columns = useMemo(() => hostColumns({ trends, onLabel: addTerm }), [language.value, trends]);
  const groupOf = useMemo(() => grouping(group.value), [group.value, language.value]);
  const isEmpty = hostsAreLoaded.value && hosts.value.size === 0;
  return (
    <Page
      title={t("hosts.title")}
      isFull
      actions={
        <>
          <Views />
          <Button kind="primary" icon="plus" whyNot={whyNot("join.manage")} onClick={() => add.value = "1"}>
            {t("hosts.add")}
          </Button>
        </>
      }
    >
      {!isEmpty && (
        <>
          <StateChips counts={counts.value} traits={wish.value.traits} states={states} />
          {chosen.value.length > 0
            ? <Bulk hosts={chosen.value} onClear={() => selection.value = new Set()} />
            : <FilterBar text={text} select={select} group={group} problem={wish.value.problem} />}
        </>
      )}
      {!hostsAreLoaded.value ? <Loading /> : (
        <Table<HostView>
          label={t("hosts.title")}
          rows={rows.value}
          columns={columns}
          keyOf={({ id }) => id}
          nameOf={({ name }) => visible(name, 80)}
          sort={order}
          selection={selection}
          groupOf={groupOf}
          rowHeight={ROW_HEIGHT}
          onOpen={({ name }) => navigate(hostHref(name))}
          empty={isEmpty ? <NoHosts /> : <NoneFit />}
        />
      )}
      {add.value !== "" && whyNot("join.manage") === null && <AddHost onClose={() => add.value = ""} />}
    </Page>
  );
}

/** A label that was clicked narrows to it. */
function addTerm(key: string, value: string): void {
  const term = `${key}=${value}`;
  const terms = select.peek().split(",").map((each) => each.trim()).filter((each) => each !== "");
  // A value with a comma, = or ! cannot stand in a selector; it can be searched for.
  if (/[,=!*]/.test(value)) text.value = term;
  else if (!terms.includes(term)) select.value = [...terms, term].join(",");
}

function useTrends(): Trends {
  const trends = useMemo(
    () =>
      new Trends((id, signal) =>
        api.get<HostSamples>(`/api/v1/hosts/${encodeURIComponent(id)}/samples`, { query: TREND, signal })
      ),
    [],
  );
  useEffect(() => {
    const leave = onHostsChanged((changed) => trends.take(changed));
    return () => {
      leave();
      trends.close();
    };
  }, [trends]);
  return trends;
}

function NoHosts(): JSX.Element {
  return (
    <Empty icon="hosts" title={t("hosts.none")}>
      <span>{t("hosts.none_why")}</span>
      <Button kind="primary" icon="plus" whyNot={whyNot("join.manage")} onClick={() => add.value = "1"}>
        {t("hosts.add")}
      </Button>
    </Empty>
  );
}

function NoneFit(): JSX.Element {
  return (
    <Empty icon="search" title={t("hosts.none_fit")}>
      <Button onClick={() => setQuery({ q: "", select: "", state: "" })}>{t("hosts.reset")}</Button>
    </Empty>
  );
}
