import { BLANK, type Line, span } from "./lines.ts";

/** Lines that belong together; of too many sections for a screen, the most important are shown. */
export interface Section {
  readonly lines: readonly Line[];
  /** The lower, the sooner it is given room. */
  readonly importance: number;
  /** A heading and rows, to which lines can be added one by one; without, it is shown whole or not at all. */
  readonly table?: "complete" | "excerpt";
}

/** Rows of a table below which it is not worth its heading, the heading included. */
const LEAST_TABLE_LINES = 3;

/** The sections in their order, in so many lines at most; apart from each other where there is room for that. */
export function fitSections(sections: readonly Section[], height: number): Line[] {
  const shown = sections.filter(({ lines }) => lines.length > 0);
  const granted = grantLines(shown, height);
  const parts = shown.map((section) => cutSection(section, granted.get(section) ?? 0));
  const gaps = shown.filter(({ table }) => table !== undefined).length;
  const isWhole = shown.every((section) => granted.get(section) === section.lines.length);
  const apart = isWhole && parts.reduce((sum, lines) => sum + lines.length, gaps) <= height;
  return parts.flatMap((lines, index) => apart && shown[index]?.table !== undefined ? [BLANK, ...lines] : lines);
}

/** First what each needs at least, then line by line in turn, so that no long table takes it all. */
function grantLines(sections: readonly Section[], height: number): Map<Section, number> {
  const granted = new Map<Section, number>();
  let left = height;
  const byImportance = [...sections].sort((a, b) => a.importance - b.importance);
  for (const section of byImportance) {
    const { length } = section.lines;
    const least = section.table === undefined ? length : Math.min(length, LEAST_TABLE_LINES);
    if (least > left) continue;
    granted.set(section, least);
    left -= least;
  }
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const [section, lines] of granted) {
      if (left === 0 || lines === section.lines.length) continue;
      granted.set(section, lines + 1);
      left--;
      isDone = false;
    }
  }
  return granted;
}

/** What is not shown of a table that should be complete is counted. */
function cutSection({ lines, table }: Section, granted: number): readonly Line[] {
  if (granted >= lines.length || granted === 0) return lines.slice(0, granted);
  if (table !== "complete") return lines.slice(0, granted);
  return [...lines.slice(0, granted - 1), [span(`… ${lines.length - granted + 1} more`, "dim")]];
}
