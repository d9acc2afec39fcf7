import type { Labels, MetricSink, MetricType } from "./metric_sink.ts";

/** The two text forms in which a scraper takes metrics. */
export type TextFormat = "prometheus" | "openmetrics";

/** https://prometheus.io/docs/instrumenting/exposition_formats and https://github.com/prometheus/OpenMetrics */
export const METRIC_CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

interface Family {
  readonly type: MetricType;
  /** The name that its lines begin with. */
  readonly name: string;
  head: string;
  lines: string;
}

const NEEDS_ESCAPE = /[\\"\n]/;

/** Writes metrics as text; a family's lines stand together however often it was continued. */
export class TextSink implements MetricSink {
  readonly #families = new Map<string, Family>();
  readonly #format: TextFormat;
  #current: Family | null = null;

  constructor(format: TextFormat) {
    this.#format = format;
  }

  family(name: string, type: MetricType, help: string): boolean {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { type, name, head: metricHead(this.#format, name, type, help), lines: "" };
      this.#families.set(name, family);
    }
    this.#current = family.type === type ? family : null;
    return this.#current !== null;
  }

  value(value: number | undefined, labels?: Labels): void {
    const family = this.#current;
    if (family === null || value === undefined) return;
    family.lines += `${family.name}${labels === undefined ? "" : metricLabels(labels)} ${metricNumber(value)}\n`;
  }

  part(suffix: string, value: number, labels: Labels): void {
    const family = this.#current;
    if (family === null) return;
    family.lines += `${family.name}${suffix}${metricLabels(labels)} ${metricNumber(value)}\n`;
  }

  text(): string {
    return this.textSoFar() + metricEnd(this.#format);
  }

  /** Without the end, for who writes further families behind it. */
  textSoFar(): string {
    let text = "";
    for (const { head, lines } of this.#families.values()) if (lines !== "") text += head + lines;
    return text;
  }
}

/** The lines that begin a family. */
export function metricHead(format: TextFormat, name: string, type: MetricType, help: string): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (format === "prometheus") return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
  // OpenMetrics names a counter's family without the _total that its lines have, and knows no other counters.
  const isCounter = type === "counter" && name.endsWith("_total");
  const family = isCounter ? name.slice(0, -"_total".length) : name;
  const openType = isCounter ? "counter" : type === "counter" || type === "untyped" ? "unknown" : type;
  return `# HELP ${family} ${escaped.replaceAll('"', '\\"')}\n# TYPE ${family} ${openType}\n`;
}

/** What must stand behind the last family. */
export function metricEnd(format: TextFormat): string {
  return format === "openmetrics" ? "# EOF\n" : "";
}

/** The form to answer in, by the request's Accept header: OpenMetrics only for who asks for it at least as much. */
export function chooseMetricFormat(accept: string | null): TextFormat {
  let best = { format: "prometheus" as TextFormat, weight: 0 };
  for (const part of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const format = type === "application/openmetrics-text"
      ? "openmetrics"
      : type === "text/plain" || type === "*/*"
      ? "prometheus"
      : null;
    const version = parameters.find((parameter) => parameter.startsWith("version="))?.slice("version=".length);
    if (format === null || (format === "openmetrics" && version !== undefined && version !== "1.0.0")) continue;
    const given = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length) ?? 1);
    const weight = Number.isFinite(given) ? given : 0;
    if (weight > best.weight) best = { format, weight };
  }
  return best.format;
}

/** Labels as they stand behind a name, quoted and escaped; nothing at all where there are none. */
export function metricLabels(labels: Labels): string {
  let text = "";
  for (const name in labels) {
    const value = labels[name] ?? "";
    const escaped = NEEDS_ESCAPE.test(value)
      ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
      : value;
    text += `${text === "" ? "{" : ","}${name}="${escaped}"`;
  }
  return text === "" ? "" : `${text}}`;
}

export function metricNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
