import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { AUDIT_RESULTS, type AuditEntry, type AuditResult } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge, stateName } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Page, Toolbar } from "../../ui/page.tsx";
import { Empty, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { HostFilter, hostIdOf } from "../shared/host_filter.tsx";
import { More } from "../shared/more.tsx";
import { usePagedList } from "../shared/paged_list.ts";
import { SuggestFilter } from "../shared/suggest_filter.tsx";
import { KNOWN_ACTIONS, type Span, SPANS } from "./actions.ts";
import { EntryDialog } from "./entry_dialog.tsx";
import { VerifyDialog } from "./verify_dialog.tsx";

interface AuditPage {
  readonly entries: AuditEntry[];
  readonly next?: string;
}

type ResultChoice = "" | AuditResult;

const PAGE = 200;

export default function AuditPageView(): JSX.Element {
  const isVerifying = useSignal(false);
  const opened = useSignal<AuditEntry | null>(null);
  const result = queryParam("result");
  const [actor, action, host] = [queryParam("actor").value, queryParam("action").value, queryParam("host").value];
  const since = queryParam("since").value;
  const hostId = hostIdOf(host);
  const list = usePagedList<AuditEntry>(async (cursor, signal) => {
    const query = { limit: PAGE, actor, action, host: hostId, since, cursor };
    const { entries, next } = await api.get<AuditPage>("/api/v1/audit", { query, signal });
    return { items: entries, next };
  }, [actor, action, hostId, since]);
  const items = list.items.value;
  const wanted = AUDIT_RESULTS.find((each) => each === result.value);
  const rows = useMemo(() => (items ?? []).filter((entry) => wanted === undefined || entry.result === wanted), [
    items,
    wanted,
  ]);
  const columns = useMemo(columnsNow, [language.value]);
  const isFiltered = [actor, action, host, since, result.value].some((each) => each !== "");
  return (
    <Page
      title={t("audit.title")}
      isFull
      actions={<Button icon="audit" onClick={() => isVerifying.value = true}>{t("audit.verify")}</Button>}
    >
      <Filters />
      {items === undefined
        ? list.problem.value === undefined
          ? <Loading />
          : <Problem problem={list.problem.value} onRetry={list.reload} />
        : (
          <>
            <Table
              label={t("audit.title")}
              rows={rows}
              columns={columns}
              keyOf={({ seq }) => String(seq)}
              nameOf={({ seq }) => t("audit.details", { seq })}
              onOpen={(entry) => opened.value = entry}
              empty={<Empty icon="audit" title={t("audit.none")}>{isFiltered && t("audit.none_fit")}</Empty>}
            />
            <More list={list} label={t("audit.more")} />
          </>
        )}
      {opened.value !== null && <EntryDialog entry={opened.value} onClose={() => opened.value = null} />}
      {isVerifying.value && <VerifyDialog onClose={() => isVerifying.value = false} />}
    </Page>
  );
}

function Filters(): JSX.Element {
  const [actor, action, host] = [queryParam("actor"), queryParam("action"), queryParam("host")];
  const [since, result] = [queryParam("since"), queryParam("result")];
  return (
    <Toolbar label={t("common.filter")}>
      <SuggestFilter
        label={t("audit.actor")}
        placeholder={t("audit.actor")}
        value={actor.value}
        options={["local", "system"]}
        onChange={(value) => actor.value = value}
      />
      <SuggestFilter
        label={t("audit.action")}
        placeholder={t("audit.action")}
        value={action.value}
        options={KNOWN_ACTIONS}
        onChange={(value) => action.value = value}
      />
      <HostFilter label={t("audit.host")} value={host.value} onChange={(name) => host.value = name} />
      <Select<Span>
        label={t("audit.since")}
        isLabelHidden
        value={SPANS.find((each) => each === since.value) ?? ""}
        onChange={(value) => since.value = value}
        options={SPANS.map((value) => ({ value, label: t(value === "" ? "audit.since_all" : `audit.since_${value}`) }))}
      />
      <Select<ResultChoice>
        label={t("audit.result")}
        isLabelHidden
        value={AUDIT_RESULTS.find((each) => each === result.value) ?? ""}
        onChange={(value) => result.value = value}
        options={[
          { value: "", label: t("audit.result_any") },
          ...AUDIT_RESULTS.map((value) => ({ value, label: stateName(value) })),
        ]}
      />
      {result.value !== "" && <span class="muted small">{t("audit.results_hint")}</span>}
    </Toolbar>
  );
}

function columnsNow(): Column<AuditEntry>[] {
  return [
    { id: "time", title: t("common.time"), width: 84, cell: ({ timeMs }) => <Time ms={timeMs} /> },
    {
      id: "actor",
      title: t("audit.actor"),
      width: 80,
      grow: 1,
      cell: ({ actor }) => <span class="strong cut" title={visible(actor)}>{visible(actor, 80)}</span>,
    },
    {
      id: "action",
      title: t("audit.action"),
      width: 114,
      grow: 1,
      cell: ({ action }) => <code class="cut" title={visible(action)}>{visible(action, 80)}</code>,
    },
    {
      id: "subject",
      title: t("audit.subject"),
      width: 120,
      grow: 6,
      priority: 2,
      cell: ({ subject }) => <span class="cut" title={visible(subject, 500)}>{visible(subject)}</span>,
    },
    {
      id: "address",
      title: t("audit.address"),
      width: 120,
      priority: 5,
      cell: ({ address }) => <span class="muted cut">{visible(address, 80)}</span>,
    },
    {
      id: "result",
      title: t("audit.result"),
      width: 84,
      priority: 3,
      cell: ({ result }) => <StateBadge state={result} />,
    },
    { id: "seq", title: "#", width: 60, priority: 6, isEnd: true, cell: ({ seq }) => <span class="muted">{seq}</span> },
  ];
}
