import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { addShortcuts } from "../../kit/keys.ts";
import { hostsAreLoaded } from "../../kit/live.ts";
import { navigate, route } from "../../kit/router.tsx";
import { dateTime } from "../../kit/format.ts";
import { type BookLine, type LineBook, LineView } from "../../lines/mod.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { downloadText } from "../shared/download.ts";
import { FollowBar } from "./follow_bar.tsx";
import { keyOf, type LogSource, MAX_SOURCES, queryOf, shortNames, sourcesOf } from "./model/log_source.ts";
import { SourceBar } from "./source_bar.tsx";
import { PickDialog, SourcePicker } from "./source_picker.tsx";
import { useFollow } from "./use_follow.ts";
import { useLineFilter } from "./use_line_filter.ts";
import { useLinesLook } from "./lines_look.ts";

/** Logs as they are written, of one or more processes together. */
export function FollowView(): JSX.Element {
  const { query } = route.value;
  const sources = useMemo(() => sourcesOf(query), [
    ["host", "process", "file", "path", "from"].map((name) => query.get(name)).join("\n"),
  ]);
  if (!hostsAreLoaded.value) return <Loading />;
  if (sources.length > 0) return <Followed sources={sources} />;
  return <SourcePicker title={t("logs.choose_title")} why={t("logs.choose_why")} onPick={goTo} />;
}

/** The address of these logs; what else it says, of filters, stays. */
function goTo(sources: readonly LogSource[]): void {
  const query = new URLSearchParams(route.peek().query);
  for (const [name, value] of Object.entries(queryOf(sources.slice(0, MAX_SOURCES)))) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  navigate(`/logs?${query}`);
}

function Followed({ sources }: { readonly sources: readonly LogSource[] }): JSX.Element {
  const isPaused = useSignal(false);
  const isFollowing = useSignal(true);
  const isPicking = useSignal(false);
  const { book, version, states, waiting } = useFollow(sources, isPaused);
  const filter = useLineFilter(book, version);
  const look = useLinesLook();
  const names = useMemo(() => {
    const short = shortNames(sources);
    return new Map(sources.map((source, at) => [keyOf(source), short[at] ?? ""]));
  }, [sources]);
  useEffect(() => {
    isFollowing.value = true;
  }, [book]);
  useEffect(() =>
    addShortcuts(
      { keys: "p", title: () => t("logs.pause"), run: () => isPaused.value = !isPaused.peek() },
      { keys: "w", title: () => t("logs.wrap"), run: () => look.isWrapped.value = !look.isWrapped.peek() },
      { keys: "e", title: () => t("logs.to_end"), run: () => isFollowing.value = true },
    ), []);
  return (
    <div class="logs-follow">
      <SourceBar sources={sources} states={states.value} onChange={goTo} onAdd={() => isPicking.value = true} />
      <FollowBar
        filter={filter}
        look={look}
        isPaused={isPaused}
        onClear={() => {
          book.clear();
          version.value += 1;
        }}
        onDownload={() => save(book, sources)}
      />
      {filter.problem !== null && <Note tone="warn">{filter.problem}</Note>}
      <LineView
        label={t("logs.lines")}
        book={book}
        version={version}
        isWrapped={look.isWrapped.value}
        time={look.hasTimes.value && sources.some(({ process }) => process !== "") ? "clock" : "none"}
        names={sources.length > 1 ? names : undefined}
        find={filter.pattern}
        isFollowing={isFollowing}
      />
      <Foot
        book={book}
        version={version}
        isPaused={isPaused.value}
        waiting={waiting.value}
        isFollowing={isFollowing.value}
        onResume={() => isPaused.value = false}
        onEnd={() => isFollowing.value = true}
      />
      {isPicking.value && (
        <PickDialog
          taken={sources}
          onClose={() => isPicking.value = false}
          onPick={(more) => {
            isPicking.value = false;
            goTo([...sources, ...more]);
          }}
        />
      )}
    </div>
  );
}

function Foot({ book, version, isPaused, waiting, isFollowing, onResume, onEnd }: {
  readonly book: LineBook;
  readonly version: ReadonlySignal<number>;
  readonly isPaused: boolean;
  readonly waiting: number;
  readonly isFollowing: boolean;
  readonly onResume: () => void;
  readonly onEnd: () => void;
}): JSX.Element {
  // Read, for the book says nothing by itself when it is another.
  void version.value;
  const { size, shownSize, dropped } = book;
  const count = shownSize === size ? t("logs.count", { n: size }) : t("logs.count_of", { n: shownSize, total: size });
  return (
    <div class="row wrap logs-foot">
      <span class="muted small grow nums">
        {size === 0 && !isPaused ? t("logs.waiting_lines") : count}
        {dropped > 0 && `; ${t("logs.dropped", { n: dropped })}`}
      </span>
      {isPaused && (
        <>
          <span class="warn small" role="status">{t("logs.paused", { n: waiting })}</span>
          <Button isSmall icon="play" onClick={onResume}>{t("logs.resume")}</Button>
        </>
      )}
      {!isFollowing && !isPaused && <Button isSmall icon="down" onClick={onEnd}>{t("logs.to_end")}</Button>}
    </div>
  );
}

/** The lines that the filter leaves, as a text: each with its time and source where there are several. */
function save(book: LineBook, sources: readonly LogSource[]): void {
  const hosts = new Map(sources.map((source) => [keyOf(source), source]));
  const textOf = (line: BookLine) => {
    const source = hosts.get(line.source);
    const from = sources.length > 1 && source !== undefined ? `${source.host} ${source.process || source.file}  ` : "";
    return `${line.timeMs === undefined ? "" : `${dateTime(line.timeMs)}  `}${from}${line.text}`;
  };
  const text = Array.from(book.shownLines(), textOf).join("\n");
  const [first] = sources;
  const name = sources.length === 1 && first !== undefined ? `${first.host}-${first.process || first.file}` : "logs";
  downloadText(`${name}.log`, `${text}\n`);
}
