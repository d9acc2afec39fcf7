/** Between two chips. */
const GAP = 4;
/** Of the "+9" that stands for the rest. */
const MORE = 32;

/**
 * How many of the chips with these widths fit into a row, with room for the count of the rest where there is a rest.
 * One is always shown, cut where it must be: a count alone tells nothing.
 */
export function fittingChips(widths: readonly number[], total: number, room: number): number {
  let [used, fitting] = [0, 0];
  for (const [at, width] of widths.entries()) {
    used += width + (at > 0 ? GAP : 0);
    const isLast = at + 1 === total;
    if (used + (isLast ? 0 : GAP + MORE) <= room) fitting = at + 1;
  }
  return Math.max(1, fitting);
}
