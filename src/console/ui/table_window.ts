/** Which rows of a long table are there at all: those in view, and some beside them so that scrolling shows no gap. */

export interface TableWindow {
  /** The first row that is rendered, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Rows beyond the view on each side. */
const BESIDE = 8;
/** The window moves in steps, so that scrolling by a pixel renders nothing anew. */
const STEP = 4;

export function windowOf(options: {
  readonly rows: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly viewHeight: number;
}): TableWindow {
  const { rows, rowHeight, scrollTop, viewHeight } = options;
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const shown = Math.ceil(Math.max(0, viewHeight) / rowHeight) + 1;
  const stepped = Math.floor(first / STEP) * STEP;
  const from = Math.max(0, Math.min(stepped - BESIDE, rows - shown - BESIDE));
  return { from, to: Math.min(rows, stepped + STEP + shown + BESIDE) };
}

/** Where to scroll so that the row can be seen whole; null where it can be already. */
export function scrollToShow(options: {
  readonly row: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly viewHeight: number;
}): number | null {
  const { row, rowHeight, scrollTop, viewHeight } = options;
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewHeight) return top + rowHeight - viewHeight;
  return null;
}

export interface ColumnWish {
  /** Its smallest width. */
  readonly width: number;
  /** 1 is always there; those with the highest number give way first where there is too little room. */
  readonly priority: number;
}

/** Which columns there is room for, by index; `reserved` is for what is not a column. */
export function fittingColumns(columns: readonly ColumnWish[], width: number, reserved: number): number[] {
  const kept = columns.map((column, at) => ({ ...column, at })).sort((a, b) => a.priority - b.priority || a.at - b.at);
  let left = width - reserved;
  const fitting: number[] = [];
  for (const { width: needed, priority, at } of kept) {
    if (priority > 1 && needed > left) break;
    left -= needed;
    fitting.push(at);
  }
  return fitting.sort((a, b) => a - b);
}

export interface Sorting {
  readonly id: string;
  readonly isReversed: boolean;
}

/** `cpu`, `-cpu`, as addresses have it. */
export function sortingOf(text: string): Sorting | null {
  if (text === "" || text === "-") return null;
  return text.startsWith("-") ? { id: text.slice(1), isReversed: true } : { id: text, isReversed: false };
}

export type SortKey = string | number | undefined | null;

/** In the order of their keys; what has none comes last either way. Equal ones keep their order. */
export function sorted<T>(items: readonly T[], keyOf: (item: T) => SortKey, isReversed: boolean): T[] {
  const keyed = items.map((item) => ({ item, key: comparable(keyOf(item)) }));
  const sign = isReversed ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return a.key === b.key ? 0 : a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ item }) => item);
}

/** Long enough for any number in a name. */
const DIGITS = 12;
const MAX_KEY_LENGTH = 200;

/** Texts so that plain comparing puts web-9 before web-10, whatever their case; made once for each, not at each comparison. */
function comparable(key: SortKey): string | number | null {
  if (key === undefined || key === null || Number.isNaN(key)) return null;
  if (typeof key === "number") return key;
  return key.slice(0, MAX_KEY_LENGTH).toLowerCase().replaceAll(/\d{1,12}/g, (digits) => digits.padStart(DIGITS, "0"));
}
