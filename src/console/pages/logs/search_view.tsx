import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { bytes, dateTime, number } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { navigate, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { linePattern, LineView } from "../../lines/mod.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Note, Problem } from "../../ui/problem.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { downloadText } from "../shared/download.ts";
import { ContextDrawer } from "./context_drawer.tsx";
import { SignalToggle } from "./follow_bar.tsx";
import { HostsDialog } from "./hosts_dialog.tsx";
import { useLinesLook } from "./lines_look.ts";
import { addressOf, formOf, type SearchForm as Form } from "./model/search_query.ts";
import { type Hit, hostsDone } from "./model/search_results.ts";
import { SearchForm } from "./search_form.tsx";
import { type Search, type SearchOrder, useSearch } from "./use_search.ts";

/** The history of logs, searched on the hosts themselves. The address holds what is searched for. */
export function SearchView(): JSX.Element {
  const { query } = route.value;
  const given = useMemo(() => formOf(query), [query.toString()]);
  const order = useSignal<SearchOrder>("newest");
  const search = useSearch(order);
  useEffect(() => {
    if (given.pattern !== "") search.run(given);
  }, [given]);
  const start = (form: Form) => {
    const entries = Object.entries(addressOf(form)).filter(([, value]) => value !== "");
    const next = new URLSearchParams(entries);
    // The same once more: what was written since then is found too.
    if (next.toString() === new URLSearchParams(route.peek().query).toString()) search.run(form);
    else navigate(`/logs/search?${next}`);
  };
  return (
    <div class="logs-search">
      <SearchForm
        given={given}
        isBusy={search.phase.value === "running"}
        onSearch={start}
        onCancel={search.cancel}
      />
      {search.phase.value === "idle"
        ? (
          <Empty icon="search" title={t("logs.search_intro")}>
            <p class="muted">{t("logs.search_intro_why")}</p>
          </Empty>
        )
        : <Results search={search} form={given} order={order} onOrder={(next) => order.value = next} />}
    </div>
  );
}

function Results({ search, form, order, onOrder }: {
  readonly search: Search;
  readonly form: Form;
  readonly order: ReadonlySignal<SearchOrder>;
  readonly onOrder: (order: SearchOrder) => void;
}): JSX.Element {
  const { book, version, phase, problem } = search;
  const look = useLinesLook();
  const isFollowing = useSignal(false);
  const picked = useSignal<{ readonly seq: number; readonly hit: Hit } | null>(null);
  const showsHosts = useSignal(false);
  void version.value;
  const results = search.results.value;
  const find = useMemo(() => {
    const made = linePattern(form.pattern, form);
    return typeof made === "string" ? null : made;
  }, [form]);
  const names = useMemo(() => namesOf(results.hits), [results, results.hits.length]);
  return (
    <div class="logs-results">
      {phase.value === "failed" && <Problem problem={problem.value} onRetry={() => search.run(form)} />}
      {!(phase.value === "failed" && results.totals.hosts === 0) && (
        <Summary
          search={search}
          onHosts={() => showsHosts.value = true}
        />
      )}
      <div class="row wrap">
        <Segments
          label={t("logs.order")}
          value={order.value}
          options={(["newest", "oldest"] as const).map((value) => ({ value, label: t(`logs.${value}_first`) }))}
          onChange={onOrder}
        />
        <span class="grow" />
        <SignalToggle signal={look.isWrapped} label={t("logs.wrap")} />
        <SignalToggle signal={look.hasTimes} label={t("logs.times")} />
        <Button
          kind="ghost"
          icon="download"
          label={t("logs.download_title")}
          isDisabled={results.hits.length === 0}
          onClick={() => save(results.hits, order.peek())}
        />
      </div>
      {results.hits.length === 0 && phase.value === "over"
        ? <Empty icon="search" title={t("logs.none_found")} />
        : (
          <LineView
            label={t("logs.results")}
            book={book}
            version={version}
            isWrapped={look.isWrapped.value}
            time={look.hasTimes.value ? "full" : "none"}
            names={names}
            find={find}
            isFollowing={isFollowing}
            picked={picked.value?.seq ?? null}
            pickLabel={t("logs.context_show")}
            onPick={({ seq }) => {
              const hit = search.hitOf(seq);
              if (hit !== undefined) picked.value = { seq, hit };
            }}
          />
        )}
      {picked.value !== null && (
        <ContextDrawer
          hit={picked.value.hit}
          form={form}
          onClose={() => picked.value = null}
        />
      )}
      {showsHosts.value && <HostsDialog search={search} onClose={() => showsHosts.value = false} />}
    </div>
  );
}

/** What each source is called: its host and its process. */
function namesOf(hits: readonly Hit[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { match: { host, process } } of hits) {
    names.set(`${host}\n${process}`, `${visible(host, 40)} ${visible(process, 40)}`);
  }
  return names;
}

function Summary({ search, onHosts }: { readonly search: Search; readonly onHosts: () => void }): JSX.Element {
  const results = search.results.value;
  const { totals, end, hosts, hits } = results;
  const phase = search.phase.value;
  const done = hostsDone(totals);
  const isRunning = phase === "running";
  const bad =
    hosts.filter(({ state, incomplete }) =>
      state === "offline" || state === "failed" || (incomplete !== undefined && incomplete !== "limit")
    ).length;
  const reached = totals.reachedMs;
  return (
    <div class="stack tight">
      {isRunning && (
        <progress
          class="progress"
          max={Math.max(1, totals.hosts)}
          value={done}
          aria-label={t("logs.progress", { done, n: totals.hosts })}
        />
      )}
      <div class="row wrap" role="status">
        <strong>{isRunning && hits.length === 0 ? t("logs.searching") : t("logs.found", { n: hits.length })}</strong>
        {totals.hosts > 0 && <span class="muted">{t("logs.progress", { done, n: totals.hosts })}</span>}
        {totals.files > 0 && (
          <span class="muted">
            {t("logs.scanned", { size: bytes(totals.scannedBytes), files: number(totals.files) })}
          </span>
        )}
        {isRunning && reached !== undefined && (
          <span class="muted">{t("logs.reached", { time: dateTime(reached) })}</span>
        )}
        {bad > 0 && <span class="warn">{t("logs.bad_hosts", { n: bad })}</span>}
        {totals.hosts > 0 && <Button isSmall onClick={onHosts}>{t("logs.hosts_show")}</Button>}
      </div>
      {phase === "cancelled" && <span class="muted">{t("logs.over_cancelled")}</span>}
      {phase === "cut" && <Note tone="warn">{t("logs.over_cut")}</Note>}
      {end?.incomplete !== undefined && (
        <Note tone={end.incomplete === "limit" ? "info" : "warn"}>
          {t(`logs.incomplete_${end.incomplete}`)}
          {end.message !== undefined && <span class="muted">{visible(end.message, 500)}</span>}
        </Note>
      )}
    </div>
  );
}

function save(hits: readonly Hit[], order: SearchOrder): void {
  const inOrder = order === "newest" ? hits : hits.toReversed();
  const text = inOrder.map(({ match: { timeMs, host, process, file, text } }) =>
    `${timeMs === undefined ? "" : `${dateTime(timeMs)}  `}${host} ${process} ${file}  ${text}`
  ).join("\n");
  downloadText("search.log", `${text}\n`);
}
