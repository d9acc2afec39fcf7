import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { clockTime, dateTime } from "../kit/format.ts";
import type { BookLine, BookPlace, BookRow, LineBook } from "./line_book.ts";
import type { LinePattern } from "./line_pattern.ts";
import { segmentsOf } from "./segments.ts";

export interface LineViewProps {
  readonly label: string;
  readonly book: LineBook;
  /** Another number whenever the book is another. */
  readonly version: ReadonlySignal<number>;
  readonly isWrapped: boolean;
  /** Whether each line has its time before it: of the day, or in full. */
  readonly time: "none" | "clock" | "full";
  /** What each source is called, where that is to be shown. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  readonly find?: LinePattern | null | undefined;
  /** Whether the end stays in view as lines come. Turned off by going up, and on at the end. */
  readonly isFollowing: Signal<boolean>;
  /** Makes lines something to pick: for what is around one, say. */
  readonly onPick?: ((line: BookLine) => void) | undefined;
  /** What picking one does, said of each. */
  readonly pickLabel?: string | undefined;
  /** The line that is picked, by its number. */
  readonly picked?: number | null | undefined;
}

export const LINE_HEIGHT = 20;
const OVERSCAN = 12;
const MAX_NAME_COLUMNS = 22;
/** On a telephone what stands beside a line leaves more room for the line. */
const NARROW_PIXELS = 600;
const NARROW_NAME_COLUMNS = 9;
const SERIES = 8;

/**
 * A view of very many lines, of which only those in sight are there. Rows all have one height, so where one is needs no
 * asking; what does not fit into a row goes on in the next one, or is reached by going right.
 */
export function LineView(props: LineViewProps): JSX.Element {
  const { book, label, isFollowing, isWrapped, names } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const height = useSignal(0);
  const isNarrow = useSignal(false);
  const most = isNarrow.value ? NARROW_NAME_COLUMNS : MAX_NAME_COLUMNS;
  const nameColumns = names === undefined ? 0 : Math.min(most, longest(names.values()));
  const time = props.time === "full" && isNarrow.value ? "clock" : props.time;
  const version = props.version.value;
  useColumns(scroller, { height, isNarrow }, { ...props, time }, nameColumns);
  const remember = useScrolling(scroller, { scrollTop, height: height.value }, props, version);
  usePicked(scroller, props);
  const base = book.firstRow;
  const from = Math.max(0, Math.floor(scrollTop.value / LINE_HEIGHT) - OVERSCAN);
  const to = Math.ceil((scrollTop.value + height.value) / LINE_HEIGHT) + OVERSCAN;
  const rows = book.rows(base + from, base + to);
  return (
    <div
      ref={scroller}
      class={isWrapped ? "lines wrapped" : "lines"}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={({ currentTarget }) => {
        const { scrollTop: top, clientHeight, scrollHeight } = currentTarget;
        const isAtEnd = top + clientHeight >= scrollHeight - LINE_HEIGHT * 1.5;
        if (isAtEnd) isFollowing.value = true;
        else if (top < scrollTop.peek() - 1) isFollowing.value = false;
        scrollTop.value = top;
        remember(top);
      }}
      onCopy={copyRows}
    >
      <div class="lines-all" style={{ height: `${(book.endRow - base) * LINE_HEIGHT}px` }}>
        <div class="lines-shown" style={{ top: `${from * LINE_HEIGHT}px` }}>
          {rows.map((row) => (
            <Row key={`${row.line.seq} ${row.start}`} row={row} props={props} time={time} nameColumns={nameColumns} />
          ))}
        </div>
      </div>
    </div>
  );
}

function Row({ row, props, time, nameColumns }: {
  readonly row: BookRow;
  readonly props: LineViewProps;
  readonly time: LineViewProps["time"];
  readonly nameColumns: number;
}): JSX.Element {
  const { line, start, end, isFirst } = row;
  const { find, names, onPick, picked } = props;
  const finds = find === null || find === undefined ? [] : find.finds(line.plain.text);
  const classes = [
    "line",
    line.isNotice === true ? "notice" : line.level !== null && `level-${line.level}`,
    onPick !== undefined && "can-pick",
    picked === line.seq && "picked",
  ];
  const segments = segmentsOf(line.plain, start, end, finds);
  const isCutHere = line.isCut === true && end === line.plain.text.length;
  return (
    <div
      class={classes.filter(Boolean).join(" ")}
      data-first={isFirst ? "" : undefined}
      onClick={onPick === undefined ? undefined : () => isNothingSelected() && onPick(line)}
    >
      {time !== "none" && <TimeCell line={line} isFirst={isFirst} kind={time} />}
      {names !== undefined && (
        <span
          class={`line-name series-${seriesOf(names, line.source)}`}
          style={{ width: `${nameColumns}ch` }}
          title={isFirst ? line.file : undefined}
        >
          {isFirst ? names.get(line.source) ?? "" : ""}
        </span>
      )}
      <span class="line-text">
        {segments.map(({ text, className, isFound }, index) =>
          isFound
            ? <mark key={index} class={className}>{text}</mark>
            : className === ""
            ? text
            : <span key={index} class={className}>{text}</span>
        )}
        {isCutHere && <span class="line-cut">…</span>}
      </span>
      {onPick !== undefined && isFirst && (
        <button
          type="button"
          class="line-pick"
          aria-label={props.pickLabel}
          onClick={() => onPick(line)}
        >
          ⋯
        </button>
      )}
    </div>
  );
}

function TimeCell({ line, isFirst, kind }: {
  readonly line: BookLine;
  readonly isFirst: boolean;
  readonly kind: "clock" | "full";
}): JSX.Element {
  const { timeMs } = line;
  const isShown = isFirst && timeMs !== undefined;
  const text = !isShown ? "" : kind === "clock" ? clockTime(timeMs) : dateTime(timeMs);
  return <span class={`line-time ${kind}`} title={isShown ? dateTime(timeMs) : undefined}>{text}</span>;
}

/** Tells the book how many columns there are, for as long as lines are to be broken. */
function useColumns(
  scroller: { readonly current: HTMLDivElement | null },
  { height, isNarrow }: { readonly height: Signal<number>; readonly isNarrow: Signal<boolean> },
  { book, isWrapped, time, names }: LineViewProps,
  nameColumns: number,
): void {
  const columns = useSignal<number | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      height.value = element.clientHeight;
      isNarrow.value = element.clientWidth < NARROW_PIXELS;
      const timeColumns = time === "none" ? 0 : time === "clock" ? 8 : 19;
      const cells = (time === "none" ? 0 : 1) + (names === undefined ? 0 : 1);
      const free = element.clientWidth - CELL_GAP * (cells + 2);
      const width = characterWidth(element);
      columns.value = isWrapped ? Math.max(8, Math.floor(free / width) - timeColumns - nameColumns - 1) : null;
    };
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, [isWrapped, time, names === undefined, nameColumns, book]);
  // Before the rows are asked for: it is the book that breaks them.
  book.setColumns(columns.value);
}

const CELL_GAP = 8;
const MEASURED = 100;

function characterWidth(element: HTMLElement): number {
  const probe = document.createElement("span");
  probe.className = "line-probe";
  probe.textContent = "0".repeat(MEASURED);
  element.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return Math.max(1, width / MEASURED);
}

/** What the view begins with, and how the rows of the book were numbered then. */
interface Seen {
  readonly book: LineBook;
  readonly firstRow: number;
  readonly numbering: number;
  readonly place: BookPlace | null;
  /** How much of that row is above the view. */
  readonly pixels: number;
}

function seenOf(book: LineBook, top: number): Seen {
  const { firstRow, numbering } = book;
  const place = book.placeOf(firstRow + Math.floor(top / LINE_HEIGHT));
  return { book, firstRow, numbering, place, pixels: top % LINE_HEIGHT };
}

/** Where what was seen is now, for a view that does not follow; null where it is in no other place. */
function topOf(seen: Seen | null, book: LineBook, top: number): number | null {
  if (seen?.book !== book) return null;
  const { firstRow, numbering, place, pixels } = seen;
  if (numbering === book.numbering) {
    return book.firstRow === firstRow ? null : top - (book.firstRow - firstRow) * LINE_HEIGHT;
  }
  return place === null ? null : (book.rowOfPlace(place) - book.firstRow) * LINE_HEIGHT + pixels;
}

/**
 * Keeps the end in view, or what is being read: while lines come and older ones go, and when the rows are others because
 * the window is. Gives what is to be called when somebody has scrolled.
 */
function useScrolling(
  scroller: { readonly current: HTMLDivElement | null },
  { scrollTop, height }: { readonly scrollTop: Signal<number>; readonly height: number },
  { book, isFollowing }: LineViewProps,
  version: number,
): (top: number) => void {
  const seen = useRef<Seen | null>(null);
  const isFollowed = isFollowing.value;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const top = isFollowed ? element.scrollHeight : topOf(seen.current, book, element.scrollTop);
    if (top !== null) element.scrollTop = top;
    scrollTop.value = element.scrollTop;
    seen.current = seenOf(book, element.scrollTop);
  }, [version, isFollowed, book, book.numbering, height]);
  return (top) => {
    const { current } = seen;
    // Between a change of the book and the next look at it, what was seen before it is the better answer.
    const isSame = current?.book === book && current.firstRow === book.firstRow && current.numbering === book.numbering;
    if (isSame) seen.current = seenOf(book, top);
  };
}

/** Brings the line that is picked into view. */
function usePicked(
  scroller: { readonly current: HTMLDivElement | null },
  { book, picked }: LineViewProps,
): void {
  useEffect(() => {
    const element = scroller.current;
    const row = picked === null || picked === undefined ? null : book.rowOf(picked);
    if (element === null || row === null) return;
    const top = (row - book.firstRow) * LINE_HEIGHT;
    const isSeen = top >= element.scrollTop && top + LINE_HEIGHT <= element.scrollTop + element.clientHeight;
    if (!isSeen) element.scrollTop = top - element.clientHeight / 2;
  }, [picked, book]);
}

/** What goes on in the next row is one line again when it is copied, without the times and names beside it. */
function copyRows(event: ClipboardEvent): void {
  const selection = document.getSelection();
  if (selection === null || selection.rangeCount === 0 || event.clipboardData === null) return;
  const rows = selection.getRangeAt(0).cloneContents().querySelectorAll(".line");
  if (rows.length < 2) return;
  let text = "";
  rows.forEach((row, index) => {
    const isNew = index > 0 && row instanceof HTMLElement && row.dataset["first"] !== undefined;
    text += `${isNew ? "\n" : ""}${row.querySelector(".line-text")?.textContent ?? ""}`;
  });
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

function isNothingSelected(): boolean {
  return document.getSelection()?.isCollapsed !== false;
}

function seriesOf(names: ReadonlyMap<string, string>, source: string): number {
  return [...names.keys()].indexOf(source) % SERIES + 1;
}

function longest(names: Iterable<string>): number {
  let most = 0;
  for (const name of names) most = Math.max(most, name.length);
  return most;
}
