import { type Style, styled } from "../output.ts";
import { cutTo, displayWidth, fitTo, safeText } from "../safe_text.ts";

/** Text with a style. It may be anything: it is made safe where it is painted. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}
export type Line = readonly Span[];

export const BLANK: Line = [];
const GAP = "  ";

export function span(text: string, style?: Style): Span {
  return { text, style };
}

/** A line as a terminal takes it: safe, at most so wide, in colours or without. */
export function paintLine(line: Line, width: number, colour: boolean): string {
  let painted = "";
  let left = width;
  for (const { text, style } of line) {
    const cut = cutTo(text, left);
    left -= displayWidth(cut);
    painted += style === undefined || !colour || cut === "" ? cut : styled(cut, style);
  }
  return colour ? painted : painted.trimEnd();
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + displayWidth(safeText(text)), 0);
}

/** A line that takes exactly so many columns. */
export function fitLine(line: Line, width: number): Line {
  const cut: Span[] = [];
  let left = width;
  for (const { text, style } of line) {
    const part = cutTo(text, left);
    left -= displayWidth(part);
    cut.push({ text: part, style });
  }
  return [...cut, { text: fitTo("", left) }];
}

/** The items that fit, from the first on; one that does not fit is left out with all that follow it. */
export function itemsLine(items: readonly Line[], width: number): Line {
  const line: Span[] = [];
  for (const item of items) {
    if (item.length === 0) continue;
    const gap = line.length === 0 ? [] : [{ text: GAP }];
    if (line.length > 0 && lineWidth([...line, ...gap, ...item]) > width) break;
    line.push(...gap, ...item);
  }
  return line;
}

/** Two blocks next to each other. */
export function beside(left: readonly Line[], right: readonly Line[], leftWidth: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    return [...fitLine(left[row] ?? BLANK, leftWidth), ...(right[row] ?? BLANK)];
  });
}

export interface Column<Row> {
  readonly title: string;
  cell(row: Row): string;
  style?(row: Row): Style | undefined;
  /** Numbers, and what else should not move: so wide, and aligned at the right. Without, as wide as its texts. */
  readonly width?: number;
  readonly align?: "left";
  /** Columns with the highest number go first where there is not room for all; those without stay. */
  readonly spare?: number;
}

/** The narrowest that a column of texts is made before others are left out for it. */
const NARROWEST_TEXT = 12;

/** A heading and a line for each row, within a width. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Line[] {
  const kept = columnsWithin(columns, width);
  const texts = kept.filter((column) => column.width === undefined);
  const numbersWidth = kept.reduce((sum, column) => sum + (column.width ?? 0), (kept.length - 1) * GAP.length);
  let left = width - numbersWidth;
  const widths = kept.map((column) => {
    if (column.width !== undefined) return column.width;
    const widest = Math.max(...[column.title, ...rows.map((row) => safeText(column.cell(row)))].map(displayWidth));
    const share = Math.max(1, Math.min(widest, texts.at(-1) === column ? left : Math.ceil(left / 2)));
    left -= share;
    return share;
  });
  const lineOf = (spanOf: (column: Column<Row>) => Span): Line =>
    kept.flatMap((column, index) => {
      const { text, style } = spanOf(column);
      const fitted = fitTo(text, widths[index] ?? 0, column.align ?? (column.width === undefined ? "left" : "right"));
      return index === 0 ? [span(fitted, style)] : [span(GAP), span(fitted, style)];
    });
  const heading = lineOf(({ title }) => span(title, "bold"));
  return [heading, ...rows.map((row) => lineOf((column) => span(column.cell(row), column.style?.(row))))];
}

function columnsWithin<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const least = columns.reduce((sum, column) => sum + (column.width ?? NARROWEST_TEXT) + GAP.length, -GAP.length);
  const spares = columns.map(({ spare }) => spare ?? 0);
  const first = Math.max(...spares);
  if (least <= width || first === 0) return columns;
  return columnsWithin(columns.filter((_, index) => spares[index] !== first), width);
}
