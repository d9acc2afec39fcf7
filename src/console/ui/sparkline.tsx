import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { pathsOf } from "./sparkline_path.ts";

export interface SparklineProps {
  /** In order; null or NaN is a gap. */
  readonly values: readonly (number | null)[];
  /** What is drawn at the top; the largest value when absent. */
  readonly max?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** So many missing values are drawn over; more of them are a gap. */
  readonly bridge?: number | undefined;
  /** 1 to 8, of the theme's series. */
  readonly series?: number | undefined;
}

const WIDTH = 64;
const HEIGHT = 22;

/** A small line without axes; what it shows is said in figures beside it, so it is hidden from who cannot see it. */
export function Sparkline(props: SparklineProps): JSX.Element {
  const { values, width = WIDTH, height = HEIGHT, max, series = 1, bridge = 0 } = props;
  const { line, area } = useMemo(() => pathsOf(values, { width, height, max, bridge }), [
    values,
    width,
    height,
    max,
    bridge,
  ]);
  return (
    <svg class="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path class={`series-${series} area`} d={area} />
      <path class={`series-${series} line`} d={line} />
    </svg>
  );
}
