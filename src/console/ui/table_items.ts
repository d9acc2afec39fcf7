import type { ComponentChildren } from "preact";
import { sorted, type Sorting, type SortKey } from "./table_window.ts";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** In pixels, at least; columns share what is left by `grow`. */
  readonly width: number;
  readonly grow?: number | undefined;
  /** 1 (the default) is always there; those with the highest number go first where there is little room. */
  readonly priority?: number | undefined;
  readonly isEnd?: boolean | undefined;
  readonly cell: (row: Row) => ComponentChildren;
  /** Makes it a column that can be sorted by. */
  readonly sort?: ((row: Row) => SortKey) | undefined;
  /** Begin with the largest. */
  readonly isDescending?: boolean | undefined;
}

interface Group {
  readonly title: string;
  readonly count: number;
}

export type Item<Row> = { readonly kind: "row"; readonly row: Row } | { readonly kind: "group"; readonly group: Group };

export const SELECT_WIDTH = 36;
export const CELL_PADDING = 16;

/** The rows in their order, under their headings. */
export function itemsOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sortId: string | undefined,
  isReversed: boolean,
  groupOf: ((row: Row) => string) | null,
): Item<Row>[] {
  const keyOf = columns.find((column) => column.id === sortId)?.sort;
  const inOrder = keyOf === undefined ? rows : sorted(rows, keyOf, isReversed);
  if (groupOf === null) return inOrder.map((row) => ({ kind: "row", row }));
  const groups = Map.groupBy(inOrder, groupOf);
  const titles = sorted([...groups.keys()], (title) => title, false);
  return titles.flatMap((title): Item<Row>[] => {
    const inside = groups.get(title) ?? [];
    return [
      { kind: "group", group: { title, count: inside.length } },
      ...inside.map((row): Item<Row> => ({ kind: "row", row })),
    ];
  });
}

/** The widths of the columns, as the style of a grid has them. */
export function templateOf<Row>(columns: readonly Column<Row>[], hasSelection: boolean): string {
  const hasGrowing = columns.some(({ grow }) => grow !== undefined && grow > 0);
  const tracks = columns.map(({ width, grow = 0 }, at) => {
    const share = hasGrowing ? grow : at === 0 ? 1 : 0;
    return share > 0 ? `minmax(${width + CELL_PADDING}px, ${share}fr)` : `${width + CELL_PADDING}px`;
  });
  return [...hasSelection ? [`${SELECT_WIDTH}px`] : [], ...tracks].join(" ");
}

export function nextSort<Row>(column: Column<Row>, sorting: Sorting | null): string {
  const first = column.isDescending === true ? `-${column.id}` : column.id;
  const second = column.isDescending === true ? column.id : `-${column.id}`;
  const current = sorting === null ? "" : `${sorting.isReversed ? "-" : ""}${sorting.id}`;
  return current === first ? second : current === second ? "" : first;
}

/** Where a key leads from one row to; null for other keys. */
export function keyTarget(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const within = (target: number) => Math.max(0, Math.min(count - 1, target));
  switch (key) {
    case "ArrowDown":
      return within(at + 1);
    case "ArrowUp":
      return within(at === -1 ? count - 1 : at - 1);
    case "PageDown":
      return within(at + page);
    case "PageUp":
      return within(at - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** Headings are passed over. */
export function nearestRow<Row>(items: readonly Item<Row>[], at: number, step: 1 | -1): number {
  for (let next = at; next >= 0 && next < items.length; next += step) if (items[next]?.kind === "row") return next;
  for (let next = at; next >= 0 && next < items.length; next -= step) if (items[next]?.kind === "row") return next;
  return -1;
}
