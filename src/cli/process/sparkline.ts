const BARS = "▁▂▃▄▅▆▇█";

export interface Spread {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** A line of bars, each the mean of its share of the values, from 0 to the highest. Blank where nothing was measured. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, index) => {
    const from = Math.floor(index * values.length / count);
    return spreadOf(values.slice(from, Math.floor((index + 1) * values.length / count)))?.mean;
  });
  const most = Math.max(...means.map((mean) => mean ?? 0));
  return means.map((mean) => {
    if (mean === undefined) return " ";
    const level = most === 0 ? 0 : Math.ceil(BARS.length * mean / most) - 1;
    return BARS[Math.max(0, level)] ?? " ";
  }).join("");
}

/** Undefined where nothing was measured. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (value === undefined || !Number.isFinite(value)) continue;
    count++;
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return count === 0 ? undefined : { least, mean: sum / count, most };
}
