import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useMemo, useRef } from "preact/hooks";
import {
  CELL_PADDING,
  type Column,
  type Item,
  itemsOf,
  keyTarget,
  nearestRow,
  SELECT_WIDTH,
  templateOf,
} from "./table_items.ts";
import { Head, type RowContext, RowView, type TableProps } from "./table_parts.tsx";
import { fittingColumns, scrollToShow, sortingOf, windowOf } from "./table_window.ts";
import { useSize } from "./use_size.ts";

const ROW_HEIGHT = 40;
/** What has keys of its own within a row. */
const OWN_KEYS = "input:not([type=checkbox]), select, textarea, [role=menu] *, [aria-haspopup]";

/** A table of any length: sorted, selected from, gone through by keyboard; only what is in view is there. */
export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { keyOf, selection, isPlain = false, rowHeight = ROW_HEIGHT } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const scrollTop = useSignal(0);
  const active = useSignal<string | null>(null);
  const id = useId();
  const items = useItems(props);
  const { columns, template } = useColumns(props, size.value.width);
  const rows = useMemo(() => items.flatMap((item) => item.kind === "row" ? [item.row] : []), [items]);
  const range = isPlain
    ? { from: 0, to: items.length }
    : windowOf({ rows: items.length, rowHeight, scrollTop: scrollTop.value, viewHeight: size.value.height });
  const activeAt = active.value === null
    ? -1
    : items.findIndex((item) => item.kind === "row" && keyOf(item.row) === active.value);
  const toggle = (key: string) => toggled(selection, key);
  const context: RowContext<Row> = { ...props, columns, template, rowHeight, id, toggle, active };
  const page = Math.max(1, Math.floor(size.peek().height / rowHeight) - 2);
  const grid = (
    <div
      ref={scroller}
      class={isPlain ? "table plain" : "table"}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={items.length + 1}
      aria-multiselectable={selection === undefined ? undefined : true}
      aria-activedescendant={activeAt >= range.from && activeAt < range.to ? `${id}-${activeAt}` : undefined}
      onScroll={({ currentTarget }) => scrollTop.value = currentTarget.scrollTop}
      onKeyDown={(event) => pressed(event, items, { at: activeAt, page, context, scroller: scroller.current })}
    >
      <Head context={context} rows={rows} />
      <div
        class="table-rows"
        role="rowgroup"
        style={isPlain ? {} : { height: `${items.length * rowHeight}px` }}
      >
        {items.slice(range.from, range.to).map((item, at) => (
          <RowView
            key={item.kind === "row" ? keyOf(item.row) : `group ${item.group.title}`}
            item={item}
            at={range.from + at}
            isSelected={item.kind === "row" && selection?.value.has(keyOf(item.row)) === true}
            isActive={range.from + at === activeAt}
            isPlaced={!isPlain}
            context={context}
          />
        ))}
      </div>
    </div>
  );
  return (
    <div class={isPlain ? "table-frame plain" : "table-frame"}>
      {grid}
      {items.length === 0 && <div class="table-empty">{props.empty}</div>}
    </div>
  );
}

function useItems<Row>({ rows, columns, sort, groupOf = null }: TableProps<Row>): readonly Item<Row>[] {
  const sorting = sortingOf(sort?.value ?? "");
  return useMemo(
    () => itemsOf(rows, columns, sorting?.id, sorting?.isReversed === true, groupOf),
    [rows, columns, sorting?.id, sorting?.isReversed, groupOf],
  );
}

/** Those that there is room for, and their widths. */
function useColumns<Row>({ columns, selection }: TableProps<Row>, width: number): {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
} {
  const hasSelection = selection !== undefined;
  return useMemo(() => {
    const wishes = columns.map(({ width: least, priority = 1 }) => ({ width: least + CELL_PADDING, priority }));
    const fitting = fittingColumns(wishes, width, hasSelection ? SELECT_WIDTH : 0);
    const shown = fitting.flatMap((at) => columns[at] ?? []);
    return { columns: shown, template: templateOf(shown, hasSelection) };
  }, [columns, width, hasSelection]);
}

interface Place<Row> {
  /** The active row's. */
  readonly at: number;
  readonly page: number;
  readonly context: RowContext<Row>;
  readonly scroller: HTMLElement | null;
}

function pressed<Row>(
  event: KeyboardEvent,
  items: readonly Item<Row>[],
  { at, page, context, scroller }: Place<Row>,
): void {
  const { target, currentTarget, key } = event;
  const isWithin = target !== currentTarget;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWithin && target instanceof Element && target.matches(OWN_KEYS)) return;
  const to = keyTarget(key, at, items.length, page);
  const current = items[at];
  if (to !== null) {
    const next = nearestRow(items, to, to >= at ? 1 : -1);
    const found = items[next];
    if (found?.kind !== "row") return;
    context.active.value = context.keyOf(found.row);
    show(scroller, next, context.rowHeight);
  } else if (isWithin || current?.kind !== "row") return;
  else if (key === " ") context.toggle(context.keyOf(current.row));
  else if (key === "Enter" && context.onOpen !== undefined) context.onOpen(current.row);
  else return;
  event.preventDefault();
}

function toggled(selection: Signal<ReadonlySet<string>> | undefined, key: string): void {
  if (selection === undefined) return;
  const next = new Set(selection.peek());
  if (!next.delete(key)) next.add(key);
  selection.value = next;
}

function show(scroller: HTMLElement | null, row: number, rowHeight: number): void {
  if (scroller === null) return;
  const head = scroller.querySelector(".table-head")?.clientHeight ?? 0;
  const top = scrollToShow({ row, rowHeight, scrollTop: scroller.scrollTop, viewHeight: scroller.clientHeight - head });
  if (top !== null) scroller.scrollTop = top;
}

export { type Column } from "./table_items.ts";
export { type TableProps } from "./table_parts.tsx";
