import type { PlainLine } from "./ansi.ts";

/** A stretch of a row that looks the same all through. */
export interface Segment {
  readonly text: string;
  readonly className: string;
  readonly isFound: boolean;
}

/** Cuts the part of a line from `start` to `end` where its look changes: by its colours, and by what was looked for. */
export function segmentsOf(
  { text, runs }: PlainLine,
  start: number,
  end: number,
  finds: readonly (readonly [start: number, end: number])[],
): Segment[] {
  if (runs.length === 0 && finds.length === 0) {
    return start === end ? [] : [{ text: text.slice(start, end), className: "", isFound: false }];
  }
  const edges = new Set([start, end]);
  const add = (edge: number) => edge > start && edge < end && edges.add(edge);
  for (const run of runs) {
    add(run.start);
    add(run.end);
  }
  for (const [from, to] of finds) {
    add(from);
    add(to);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const segments: Segment[] = [];
  let [runAt, findAt] = [0, 0];
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const [from = 0, to = 0] = [sorted[index], sorted[index + 1]];
    while ((runs[runAt]?.end ?? Infinity) <= from) runAt += 1;
    while ((finds[findAt]?.[1] ?? Infinity) <= from) findAt += 1;
    const run = runs[runAt];
    segments.push({
      text: text.slice(from, to),
      className: run !== undefined && run.start <= from ? run.className : "",
      isFound: (finds[findAt]?.[0] ?? Infinity) <= from,
    });
  }
  return segments;
}
