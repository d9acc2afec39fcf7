import { wholeNumberOf } from "../../../http/mod.ts";
import { cursorText, type Position, positionOf } from "./cursor.ts";

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1_000;

export interface PageQuery {
  readonly limit?: string | undefined;
  readonly cursor?: string | undefined;
}

/** How a list is ordered: by key, then by id, which no two items share. */
export interface Order<T> {
  /** Part of the cursors; another one for each order there is. */
  readonly name: string;
  readonly isReversed: boolean;
  keyOf(item: T): string | number;
  idOf(item: T): string;
}

export interface Page<T> {
  readonly items: T[];
  /** Of the whole list. */
  readonly total: number;
  readonly next?: string;
}

interface Kept<T> extends Position {
  readonly item: T;
}

export function limitOf(limit: string | undefined, max = MAX_LIMIT): number {
  return limit === undefined ? Math.min(DEFAULT_LIMIT, max) : wholeNumberOf("limit", limit, { min: 1, max });
}

/**
 * The items of one page. The list is gone through once and only a page of it is kept in order, which for long lists is
 * far cheaper than sorting them for every page.
 */
export function pageOf<T>(items: Iterable<T>, order: Order<T>, query: PageQuery): Page<T> {
  const limit = limitOf(query.limit);
  const after = query.cursor === undefined ? null : positionOf(order.name, query.cursor);
  const sign = order.isReversed ? -1 : 1;
  /** One more than the page, which tells whether another one follows. */
  const kept: Kept<T>[] = [];
  let total = 0;
  for (const item of items) {
    total++;
    const key = order.keyOf(item);
    const id = order.idOf(item);
    if (after !== null && compare(key, id, after) * sign <= 0) continue;
    const last = kept[limit];
    if (last !== undefined && compare(key, id, last) * sign >= 0) continue;
    kept.splice(placeOf(kept, key, id, sign), 0, { key, id, item });
    if (kept.length > limit + 1) kept.pop();
  }
  const hasMore = kept.length > limit;
  if (hasMore) kept.pop();
  const end = kept.at(-1);
  return {
    items: kept.map(({ item }) => item),
    total,
    ...(hasMore && end !== undefined && { next: cursorText(order.name, end) }),
  };
}

/** Where it belongs among those that are kept. */
function placeOf(kept: readonly Position[], key: string | number, id: string, sign: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = kept[middle];
    if (there !== undefined && compare(key, id, there) * sign > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keys of another type than the list has, which only a forged cursor can bring, come before or after all of them. */
function compare(key: string | number, id: string, to: Position): number {
  if (typeof key !== typeof to.key) return typeof key === "number" ? -1 : 1;
  if (key !== to.key) return key < to.key ? -1 : 1;
  return id === to.id ? 0 : id < to.id ? -1 : 1;
}
