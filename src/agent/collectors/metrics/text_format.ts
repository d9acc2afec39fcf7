import type { Labels, MetricSink, MetricType } from "./sink.ts";

/** The two text forms in which a scraper takes metrics. */
export type TextFormat = "prometheus" | "openmetrics";

/** https://prometheus.io/docs/instrumenting/exposition_formats and https://github.com/prometheus/OpenMetrics */
export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
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
      family = { type, name, head: this.#head(name, type, help), lines: "" };
      this.#families.set(name, family);
    }
    this.#current = family.type === type ? family : null;
    return this.#current !== null;
  }

  value(value: number | undefined, labels?: Labels): void {
    const family = this.#current;
    if (family === null || value === undefined) return;
    family.lines += `${family.name}${labels === undefined ? "" : labelText(labels)} ${numberText(value)}\n`;
  }

  part(suffix: string, value: number, labels: Labels): void {
    const family = this.#current;
    if (family === null) return;
    family.lines += `${family.name}${suffix}${labelText(labels)} ${numberText(value)}\n`;
  }

  text(): string {
    let text = "";
    for (const { head, lines } of this.#families.values()) if (lines !== "") text += head + lines;
    return this.#format === "openmetrics" ? `${text}# EOF\n` : text;
  }

  #head(name: string, type: MetricType, help: string): string {
    const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    if (this.#format === "prometheus") return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
    // OpenMetrics names a counter's family without the _total that its lines have, and knows no other counters.
    const isCounter = type === "counter" && name.endsWith("_total");
    const family = isCounter ? name.slice(0, -"_total".length) : name;
    const openType = isCounter ? "counter" : type === "counter" || type === "untyped" ? "unknown" : type;
    return `# HELP ${family} ${escaped.replaceAll('"', '\\"')}\n# TYPE ${family} ${openType}\n`;
  }
}

/** The form to answer in, by the request's Accept header: OpenMetrics only for who asks for it at least as much. */
export function chooseFormat(accept: string | null): TextFormat {
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

function labelText(labels: Labels): string {
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

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
