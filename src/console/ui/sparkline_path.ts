export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly max: number | undefined;
  readonly bridge: number;
}

/** What is drawn: a line through each run of values, and what is below it. */
export function pathsOf(
  values: readonly (number | null)[],
  { width, height, max, bridge }: Drawing,
): { readonly line: string; readonly area: string } {
  const top = max ??
    values.reduce<number>((most, value) => Number.isFinite(value) ? Math.max(most, value ?? 0) : most, 0);
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  const x = (at: number) => rounded(1 + at * step);
  const y = (value: number) =>
    rounded(top <= 0 ? height - 1.5 : 1.5 + (height - 3) * (1 - Math.min(1, Math.max(0, value / top))));
  let [line, area] = ["", ""];
  for (const run of runsOf(values, bridge)) {
    const [first = 0, last = 0] = [run[0], run.at(-1)];
    const points = run.map((at) => `${x(at)} ${y(values[at] ?? 0)}`);
    // A line from a point to itself is a dot, by its round ends.
    line += `M${points.join("L")}${run.length === 1 ? `L${points[0]}` : ""}`;
    area += `M${x(first)} ${height}L${points.join("L")}L${x(last)} ${height}Z`;
  }
  return { line, area };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The places of values that follow each other with no more than `bridge` missing between. */
export function runsOf(values: readonly (number | null)[], bridge: number): number[][] {
  const runs: number[][] = [];
  for (const [at, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) continue;
    const current = runs.at(-1);
    const before = current?.at(-1);
    if (current === undefined || before === undefined || at - before > bridge + 1) runs.push([at]);
    else current.push(at);
  }
  return runs;
}

/** How many may be missing in what is told in longer steps than it is drawn in, before that is a gap. */
export function usualBridge(values: readonly (number | null)[], max: number): number {
  const first = values.findIndex((value) => value !== null);
  const last = values.findLastIndex((value) => value !== null);
  const present = values.filter((value) => value !== null).length;
  return present < 2 ? 0 : Math.min(max, Math.ceil(1.5 * (last - first) / (present - 1)));
}
