import type { MetricFamily } from "../../../protocol/mod.ts";
import { isLabelName, isMetricName, quoted } from "./names.ts";
import { boundText, prometheusNumber } from "./numbers.ts";
import { type MetricLimits, Mistake } from "./parsed.ts";

export type MetricType = MetricFamily["type"];
export type LabelPair = readonly [name: string, value: string];

interface Entry {
  readonly name: string;
  type: MetricType | undefined;
  help: string | undefined;
  readonly values: MetricFamily["values"];
  readonly seen: Set<string>;
}

const TYPES: readonly string[] = ["counter", "gauge", "histogram", "summary", "untyped"] satisfies MetricType[];
/** The names of the lines that a family of several lines has, besides its own. */
const PARTS: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

export function isMetricType(word: string): word is MetricType {
  return TYPES.includes(word);
}

/** Gathers the series of one text into families, and refuses what Prometheus would refuse, or what is too much. */
export class FamilyTable {
  readonly #limits: MetricLimits;
  readonly #entries = new Map<string, Entry>();
  #series = 0;

  constructor(limits: MetricLimits) {
    this.#limits = limits;
  }

  declareType(name: string, type: MetricType): void {
    const entry = this.#entry(name);
    if (entry.type !== undefined) throw new Mistake(`${name} has a second TYPE`);
    if (entry.values.length > 0) throw new Mistake(`the TYPE of ${name} comes after its values`);
    entry.type = type;
  }

  declareHelp(name: string, help: string): void {
    const entry = this.#entry(name);
    if (entry.help !== undefined) throw new Mistake(`${name} has a second HELP`);
    if (help.length > this.#limits.helpLength) {
      throw new Mistake(`the HELP of ${name} is longer than ${this.#limits.helpLength} characters`);
    }
    entry.help = help;
  }

  add(name: string, labels: readonly LabelPair[], value: number): void {
    const [entry, suffix] = this.#placeOf(name);
    const record = this.#labelRecord(labels);
    canonicalBound(entry, suffix, name, record);
    const key = seriesKey(suffix, record);
    if (entry.seen.has(key)) throw new Mistake(`${name} has these labels a second time`);
    if (++this.#series > this.#limits.series) throw new Mistake(`there are more than ${this.#limits.series} series`);
    entry.seen.add(key);
    entry.values.push(suffix === "" ? { labels: record, value } : { labels: record, value, suffix });
  }

  /** Those that have values, in the order of their first mention. */
  families(): MetricFamily[] {
    return [...this.#entries.values()].filter(({ values }) => values.length > 0).map((entry) => ({
      name: entry.name,
      type: entry.type ?? "untyped",
      help: entry.help ?? "",
      values: entry.values,
    }));
  }

  /** The family that a line belongs to: its own name goes before that of a histogram or summary that it may be part of. */
  #placeOf(name: string): [entry: Entry, suffix: string] {
    const own = this.#entries.get(name);
    if (own !== undefined) return [own, ""];
    const at = name.lastIndexOf("_");
    const whole = at > 0 ? this.#entries.get(name.slice(0, at)) : undefined;
    const suffix = name.slice(at);
    if (whole?.type !== undefined && PARTS[whole.type]?.includes(suffix)) return [whole, suffix];
    return [this.#entry(name), ""];
  }

  #entry(name: string): Entry {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    if (!isMetricName(name)) throw new Mistake(`${quoted(name)} is not a name of a metric`);
    if (name.length > this.#limits.nameLength) {
      throw new Mistake(`the name ${quoted(name)} is longer than ${this.#limits.nameLength} characters`);
    }
    if (this.#entries.size >= this.#limits.families) {
      throw new Mistake(`there are more than ${this.#limits.families} metrics`);
    }
    const entry: Entry = { name, type: undefined, help: undefined, values: [], seen: new Set() };
    this.#entries.set(name, entry);
    return entry;
  }

  #labelRecord(labels: readonly LabelPair[]): Record<string, string> {
    const { labels: most, nameLength, labelValueLength } = this.#limits;
    if (labels.length > most) throw new Mistake(`there are more than ${most} labels`);
    const record: Record<string, string> = {};
    for (const [name, value] of labels) {
      if (!isLabelName(name)) throw new Mistake(`${quoted(name)} is not a name of a label`);
      if (name.length > nameLength) throw new Mistake(`the label ${quoted(name)} has too long a name`);
      if (value.length > labelValueLength) {
        throw new Mistake(`the value of the label ${name} is longer than ${labelValueLength} characters`);
      }
      if (Object.hasOwn(record, name)) throw new Mistake(`the label ${name} is there twice`);
      record[name] = value;
    }
    return record;
  }
}

/** One text for the same labels in whatever order, and another for any others: lengths say where each value ends. */
export function seriesKey(suffix: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels);
  if (names.length > 1) names.sort();
  let key = suffix;
  for (const name of names) {
    const value = labels[name] ?? "";
    key += `\n${name}=${value.length}:${value}`;
  }
  return key;
}

/** Sees to it that a bucket has its `le` and a quantile its `quantile`, in the one spelling of their numbers. */
function canonicalBound(entry: Entry, suffix: string, name: string, labels: Record<string, string>): void {
  const isBucket = entry.type === "histogram" && suffix === "_bucket";
  const isQuantile = entry.type === "summary" && suffix === "";
  if (entry.type === "histogram" && suffix === "") {
    throw new Mistake(`${name} is a histogram: it can only have _bucket, _sum and _count`);
  }
  if (!isBucket && !isQuantile) return;
  const label = isBucket ? "le" : "quantile";
  const text = labels[label];
  const bound = text === undefined ? undefined : prometheusNumber(text);
  if (bound === undefined || Number.isNaN(bound)) throw new Mistake(`${name} needs a label ${label} with a number`);
  labels[label] = boundText(bound);
}
