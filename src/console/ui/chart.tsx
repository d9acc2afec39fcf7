import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { language, t } from "../kit/i18n/i18n.ts";
import { colour, isDark } from "../kit/theme.ts";
import { incrementsFor } from "./chart_scale.ts";
import { useSize } from "./use_size.ts";

export interface ChartSeries {
  readonly label: string;
  /** As many as there are times; null is a gap, and drawn as one. */
  readonly values: readonly (number | null)[];
  /** 1 to 8, of the theme's colours; by its place when absent. */
  readonly colour?: number | undefined;
  readonly isFilled?: boolean | undefined;
}

export interface ChartProps {
  /** Said of the picture as a whole. */
  readonly label: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number | null) => string;
  readonly height?: number | undefined;
  /** Charts of one key have one cursor. */
  readonly syncKey?: string | undefined;
  /** 100 for percentages: the scale is then that at least; absent to fit. */
  readonly max?: number | undefined;
  /** What the axis of time shows, whether there is something or not. */
  readonly rangeMs?: readonly [number, number] | undefined;
}

const HEIGHT = 160;
const MAX_DRAWN = 1e18;
const AXIS_FONT = "11px system-ui, sans-serif";

/** Lines over time: gaps as gaps, one cursor over several charts, the theme's colours, its figures in the legend. */
export function Chart(props: ChartProps): JSX.Element {
  const { label, timesMs, series, height = HEIGHT, rangeMs } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const size = useSize(box);
  const { width } = size.value;
  const dark = isDark.value;
  const shape = `${series.map((each) => `${each.label} ${each.colour ?? 0} ${each.isFilled}`).join("\n")} ${props.max}`;
  const range = useRef(rangeMs);
  range.current = rangeMs;
  const data: uPlot.AlignedData = [
    timesMs.map((time) => time / 1_000),
    ...series.map((each) => each.values.map(drawable)),
  ];
  useEffect(() => {
    if (box.current === null || width === 0) return;
    plot.current = new uPlot(optionsOf(props, width, height, range), data, box.current);
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, width > 0, dark, language.value, props.syncKey, height]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => plot.current?.setData(data), [timesMs, series, rangeMs]);
  const last = series.map((each) => `${each.label}: ${props.format(each.values.at(-1) ?? null)}`).join(", ");
  return (
    <figure class="chart" role="img" aria-label={`${label}. ${last}`}>
      <div ref={box} class="chart-box" style={{ minHeight: `${height}px` }} />
    </figure>
  );
}

function optionsOf(
  { series, format, syncKey, max }: ChartProps,
  width: number,
  height: number,
  range: { readonly current: readonly [number, number] | undefined },
): uPlot.Options {
  const axis = {
    stroke: colour("--muted"),
    font: AXIS_FONT,
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    ms: 1e-3,
    cursor: {
      ...(syncKey !== undefined && { sync: { key: syncKey, setSeries: false } }),
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    legend: { live: true },
    scales: {
      x: { time: true, range: (_, from, to) => rangeOf(range.current, from, to) },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(max ?? 0, (high ?? 0) * 1.05) || 1] },
    },
    axes: [
      { ...axis, size: 28, values: (_, ticks) => ticks.map(tickText(ticks)) },
      { ...axis, size: 64, incrs: incrementsFor(format), values: (_, ticks) => ticks.map((value) => format(value)) },
    ],
    series: [
      { label: t("common.time"), value: (_, seconds) => seconds === null ? "" : timeText(seconds * 1_000) },
      ...series.map((each, at): uPlot.Series => {
        const line = colour(`--series-${each.colour ?? at % 8 + 1}`);
        return {
          label: each.label,
          stroke: line,
          width: 1.5,
          ...(each.isFilled === true && { fill: `${line}22` }),
          spanGaps: false,
          // Alone between gaps it is no line, and would not be seen.
          points: { show: true, size: 4, filter: (plot, line) => lonely(plot.data[line] ?? []) },
          // Without a cursor it says how things are now.
          value: (plot, value, line, at) => format(at === null ? plot.data[line]?.at(-1) ?? null : value),
        };
      }),
    ],
  };
}

function rangeOf(wanted: readonly [number, number] | undefined, from: number, to: number): [number, number] {
  return wanted === undefined ? [from, to] : [wanted[0] / 1_000, wanted[1] / 1_000];
}

function tickText(ticks: readonly number[]): (seconds: number) => string {
  const isShort = (ticks[1] ?? 0) - (ticks[0] ?? 0) < 60;
  return (seconds) => timeText(seconds * 1_000).slice(0, isShort ? 8 : 5);
}

function timeText(ms: number): string {
  return new Date(ms).toLocaleTimeString("sv-SE");
}

/** What no scale has room for would have it look for ticks for ever; a hostile host may claim it. */
function drawable(value: number | null): number | null {
  return value !== null && Math.abs(value) < MAX_DRAWN ? value : null;
}

/** Which values have a gap on both sides. */
function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const isGap = (at: number) => values[at] === null || values[at] === undefined;
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) if (!isGap(at) && isGap(at - 1) && isGap(at + 1)) found.push(at);
  return found;
}
