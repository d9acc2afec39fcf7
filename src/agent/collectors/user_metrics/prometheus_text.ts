import type { MetricFamily } from "../../../protocol/mod.ts";
import { FamilyTable, isMetricType } from "./family_table.ts";
import { quoted } from "./names.ts";
import { METRIC_LIMITS, type MetricLimits, Mistake, outcomeOf, type Parsed } from "./parsed.ts";
import { parseSampleLine, unescapeHelp } from "./prometheus_line.ts";

export interface PrometheusTextOptions {
  readonly limits?: MetricLimits;
  /**
   * True where a text without a newline at its end may have been cut, as a file can be that is just being written:
   * `jobs 12` might become `jobs 123`.
   */
  readonly mustEndInNewline?: boolean;
}

/**
 * Reads Prometheus' text format, version 0.0.4, by the rules of node_exporter's textfile collector: a text with a
 * mistake, a timestamp or a series that is there twice is refused as a whole. Beyond it, lines may end in CRLF, and
 * a backslash in a HELP text that escapes nothing stands for itself.
 */
export function parsePrometheusText(text: string, options: PrometheusTextOptions = {}): Parsed {
  return outcomeOf(() => readText(text, options));
}

function readText(text: string, { limits = METRIC_LIMITS, mustEndInNewline = false }: PrometheusTextOptions) {
  const table = new FamilyTable(limits);
  let number = 0;
  for (let start = 0; start < text.length;) {
    number++;
    const newline = text.indexOf("\n", start);
    try {
      if (newline < 0 && mustEndInNewline) throw new Mistake("the last line has no newline; is it cut?");
      readLine(text.slice(start, newline < 0 ? text.length : newline), table);
    } catch (error) {
      throw error instanceof Mistake ? new Mistake(`line ${number}: ${error.message}`) : error;
    }
    start = newline < 0 ? text.length : newline + 1;
  }
  return table.families() satisfies MetricFamily[];
}

function readLine(raw: string, table: FamilyTable): void {
  const line = raw.replace(/^[ \t]+|\r$/g, "");
  if (line === "") return;
  if (line.startsWith("#")) readComment(line.slice(1), table);
  else {
    const { name, labels, value } = parseSampleLine(line);
    table.add(name, labels, value);
  }
}

/** A comment means something only when its first word is HELP or TYPE. */
function readComment(comment: string, table: FamilyTable): void {
  const [, kind, name = "", rest = ""] =
    /^[ \t]*(HELP|TYPE)(?:[ \t]+([^ \t]+)(?:[ \t]+(.*))?)?[ \t]*$/s.exec(comment) ?? [];
  if (kind === undefined) return;
  if (name === "") throw new Mistake(`${kind} names no metric`);
  if (kind === "HELP") return table.declareHelp(name, unescapeHelp(rest));
  const type = rest.trim();
  if (!isMetricType(type)) {
    throw new Mistake(`${quoted(type)} is not a type: it is counter, gauge, histogram, summary or untyped`);
  }
  table.declareType(name, type);
}
