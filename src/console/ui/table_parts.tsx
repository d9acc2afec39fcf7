import type { Signal } from "@preact/signals";
import { Component, type ComponentChildren, type JSX } from "preact";
import { t } from "../kit/i18n/i18n.ts";
import { Icon } from "./icon.tsx";
import { type Column, type Item, nextSort } from "./table_items.ts";
import { sortingOf } from "./table_window.ts";

export interface TableProps<Row> {
  readonly label: string;
  /** Filtered already; a row that has not changed must be the same object as before, then it is not rendered again. */
  readonly rows: readonly Row[];
  /** Made once (useMemo), or a module's constant: other columns render all anew. */
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** What a row is called, for who cannot see it. */
  readonly nameOf: (row: Row) => string;
  /** `cpu` or `-cpu`; a query parameter, for instance. */
  readonly sort?: { value: string } | undefined;
  readonly selection?: Signal<ReadonlySet<string>> | undefined;
  /** With Enter or a click. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Rows are put under headings by this; null for no heading at all. */
  readonly groupOf?: ((row: Row) => string) | null | undefined;
  readonly rowHeight?: number | undefined;
  /** Shown instead of rows where there are none. */
  readonly empty?: ComponentChildren;
  /** All rows are there, and the page scrolls: for short tables. */
  readonly isPlain?: boolean | undefined;
  /** Further classes of a row, such as `row-bad`. */
  readonly classOf?: ((row: Row) => string) | undefined;
}

/** What all rows have in common. */
export interface RowContext<Row> extends TableProps<Row> {
  readonly template: string;
  readonly rowHeight: number;
  readonly id: string;
  readonly active: Signal<string | null>;
  toggle(key: string): void;
}

export function Head<Row>(
  { context, rows }: { readonly context: RowContext<Row>; readonly rows: readonly Row[] },
): JSX.Element {
  const { columns, template, selection, keyOf, sort } = context;
  const sorting = sortingOf(sort?.value ?? "");
  const chosen = selection?.value;
  const isAll = chosen !== undefined && rows.length > 0 && rows.every((row) => chosen.has(keyOf(row)));
  const isSome = chosen !== undefined && chosen.size > 0 && !isAll;
  return (
    <div class="table-head" role="rowgroup">
      <div class="table-row" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {selection !== undefined && (
          <div class="cell" role="columnheader">
            <input
              type="checkbox"
              aria-label={t("common.select_all")}
              checked={isAll}
              ref={(box) => {
                if (box !== null) box.indeterminate = isSome;
              }}
              onChange={() => selection.value = isAll ? new Set() : new Set(rows.map(keyOf))}
            />
          </div>
        )}
        {columns.map((column) => {
          const isBy = sorting?.id === column.id;
          return (
            <div
              key={column.id}
              class={column.isEnd === true ? "cell end-cell" : "cell"}
              role="columnheader"
              aria-sort={isBy ? (sorting.isReversed ? "descending" : "ascending") : undefined}
            >
              {column.sort === undefined || sort === undefined ? <span class="cut">{column.title}</span> : (
                <button
                  type="button"
                  class="sorter"
                  title={t("common.sort_by", { column: column.title })}
                  onClick={() => sort.value = nextSort(column, sorting)}
                >
                  <span class="cut">{column.title}</span>
                  {isBy && <Icon name={sorting.isReversed ? "down" : "up"} size={12} />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

export interface RowProps<Row> {
  readonly item: Item<Row>;
  readonly at: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly isPlaced: boolean;
  readonly context: RowContext<Row>;
}

/** Rendered again only when its row, its place or its marks are others. */
export class RowView<Row> extends Component<RowProps<Row>> {
  override shouldComponentUpdate(next: RowProps<Row>): boolean {
    const { item, context } = this.props;
    const isSame = item.kind === "row" && next.item.kind === "row"
      ? item.row === next.item.row
      : item.kind === "group" && next.item.kind === "group" && item.group.count === next.item.group.count;
    return !isSame || next.at !== this.props.at || next.isSelected !== this.props.isSelected ||
      next.isActive !== this.props.isActive || next.context.columns !== context.columns ||
      next.context.template !== context.template;
  }

  override render(): JSX.Element {
    const { item, at, isSelected, isActive, isPlaced, context } = this.props;
    const { template, rowHeight, id, selection, keyOf, nameOf, onOpen, columns } = context;
    // Asked for when something happens: what is rendered may stay while the functions become others.
    const latest = () => this.props.context;
    const place = isPlaced ? { transform: `translateY(${at * rowHeight}px)`, height: `${rowHeight}px` } : {
      minHeight: `${rowHeight}px`,
    };
    if (item.kind === "group") {
      return (
        <div
          class={isPlaced ? "table-row group placed" : "table-row group"}
          role="row"
          aria-rowindex={at + 2}
          style={place}
        >
          <div class="cell" role="gridcell">
            <strong class="cut">{item.group.title}</strong>
            <span class="muted">{item.group.count}</span>
          </div>
        </div>
      );
    }
    const { row } = item;
    const key = keyOf(row);
    const classes = [
      "table-row",
      isPlaced && "placed",
      isActive && "active",
      isSelected && "selected",
      onOpen !== undefined && "can-open",
      context.classOf?.(row),
    ];
    return (
      <div
        id={`${id}-${at}`}
        class={classes.filter(Boolean).join(" ")}
        role="row"
        aria-rowindex={at + 2}
        aria-selected={selection === undefined ? undefined : isSelected}
        style={{ ...place, gridTemplateColumns: template }}
        onClick={(event) => {
          latest().active.value = key;
          if (event.target instanceof Element && event.target.closest("a, button, input, label, select") === null) {
            latest().onOpen?.(row);
          }
        }}
      >
        {selection !== undefined && (
          <div class="cell" role="gridcell">
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={t("common.select_row", { name: nameOf(row) })}
              checked={isSelected}
              onChange={() => latest().toggle(key)}
            />
          </div>
        )}
        {columns.map((column) => (
          <div key={column.id} class={column.isEnd === true ? "cell end-cell nums" : "cell"} role="gridcell">
            {column.cell(row)}
          </div>
        ))}
      </div>
    );
  }
}
