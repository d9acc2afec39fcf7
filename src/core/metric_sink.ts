/** Where measurements are written as metrics, whatever these become: Prometheus text, OpenMetrics or OTLP. */

export type MetricType = "counter" | "gauge" | "histogram" | "summary" | "untyped";

export type Labels = Readonly<Record<string, string>>;

export interface MetricSink {
  /**
   * Begins a family; the values that follow are its. A family may be continued later, with the same type; false, and
   * the values that follow go nowhere, when its name is taken by another type.
   */
  family(name: string, type: MetricType, help: string): boolean;
  /** One value of the family. An absent one is left out: zero is a measurement. */
  value(value: number | undefined, labels?: Labels): void;
  /** One line of a histogram or summary: `_bucket`, `_sum`, `_count`, or "" for a quantile. */
  part(suffix: string, value: number, labels: Labels): void;
}

/** A family that has one value and no label. */
export function single(
  sink: MetricSink,
  name: string,
  type: MetricType,
  help: string,
  value: number | undefined,
): void {
  if (value !== undefined && sink.family(name, type, help)) sink.value(value);
}
