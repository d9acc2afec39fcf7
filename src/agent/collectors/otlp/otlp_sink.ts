import type { Labels, MetricSink, MetricType } from "../../../core/mod.ts";

/**
 * The JSON form of OTLP 1.x, as far as it is sent here:
 * https://opentelemetry.io/docs/specs/otlp and opentelemetry/proto/metrics/v1/metrics.proto
 */
export interface OtlpRequest {
  readonly resourceMetrics: readonly [{
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly [{
      readonly scope: { readonly name: string; readonly version: string };
      readonly metrics: readonly OtlpMetric[];
    }];
  }];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface DataPoint {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly DataPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
}

interface Family {
  readonly type: MetricType;
  readonly help: string;
  readonly points: Map<string, DataPoint[]>;
}

const CUMULATIVE = 2;

export interface OtlpOptions {
  /** What the metrics are of: host.name, service.name … */
  readonly resource: Labels;
  readonly scope: { readonly name: string; readonly version: string };
  readonly timeMs: number;
  /** Since when the counters count: the start of the host; unknown when absent. */
  readonly startMs?: number;
}

/**
 * Gathers metrics for one OTLP request. The parts of histograms and summaries become metrics of their own, `x_bucket`,
 * `x_sum` and `x_count`, as they are in the text formats: OTLP's own histograms count otherwise, and what the source
 * meant would have to be guessed.
 */
export class OtlpSink implements MetricSink {
  readonly #families = new Map<string, Family>();
  readonly #options: OtlpOptions;
  readonly #timeUnixNano: string;
  #name = "";
  #current: Family | null = null;

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#timeUnixNano = nanos(options.timeMs);
  }

  family(name: string, type: MetricType, help: string): boolean {
    let family = this.#families.get(name);
    if (family === undefined) this.#families.set(name, family = { type, help, points: new Map() });
    this.#current = family.type === type ? family : null;
    this.#name = name;
    return this.#current !== null;
  }

  value(value: number | undefined, labels: Labels = {}): void {
    if (value !== undefined) this.#add(this.#name, value, labels);
  }

  part(suffix: string, value: number, labels: Labels): void {
    this.#add(`${this.#name}${suffix}`, value, labels);
  }

  request(): OtlpRequest {
    const { resource, scope } = this.#options;
    const metrics = [...this.#families.values()].flatMap((family) =>
      [...family.points].map(([name, dataPoints]) => metricOf(name, family, dataPoints))
    );
    return {
      resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ scope, metrics }] }],
    };
  }

  #add(name: string, value: number, labels: Labels): void {
    if (this.#current === null || !Number.isFinite(value)) return; // JSON has no other numbers
    const { startMs } = this.#options;
    const { points } = this.#current;
    const list = points.get(name) ?? [];
    points.set(name, list);
    list.push({
      attributes: attributesOf(labels),
      ...(isCounter(this.#current.type) && startMs !== undefined ? { startTimeUnixNano: nanos(startMs) } : {}),
      timeUnixNano: this.#timeUnixNano,
      asDouble: value,
    });
  }
}

function metricOf(name: string, { type, help }: Family, dataPoints: readonly DataPoint[]): OtlpMetric {
  const description = { name, description: help };
  if (!isCounter(type)) return { ...description, gauge: { dataPoints } };
  return { ...description, sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } };
}

function isCounter(type: MetricType): boolean {
  return type === "counter";
}

function attributesOf(labels: Labels): Attribute[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Nanoseconds do not fit into a number; OTLP's JSON takes them as text. */
function nanos(ms: number): string {
  return (BigInt(Math.round(ms)) * 1_000_000n).toString();
}
