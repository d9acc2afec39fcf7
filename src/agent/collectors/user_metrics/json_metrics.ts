import { oneLine } from "../../../core/mod.ts";
import type { MetricFamily } from "../../../protocol/mod.ts";
import { FamilyTable, type LabelPair, type MetricType } from "./family_table.ts";
import { namePart } from "./names.ts";
import { prometheusNumber } from "./numbers.ts";
import { METRIC_LIMITS, type MetricLimits, Mistake, outcomeOf, type Parsed } from "./parsed.ts";

/** Objects within objects; a deeper one is no report of numbers. */
const MAX_DEPTH = 8;
const MAX_PATH_LENGTH = 120;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads metrics from one JSON object, in one of two forms.
 *
 * **Any object of numbers**, nested at most 8 deep: each number becomes a gauge that is named after `prefix` and the
 * keys that lead to it, joined by `_`. With the prefix `shop`, `{"queue": {"length": 3}}` is `shop_queue_length 3`. What
 * is not a letter, digit or `_` in a prefix or key becomes `_`. true is 1 and false is 0; text, null and lists are
 * passed over, because the outputs of programs are full of them. Two keys that give one name are a mistake.
 *
 * **An object whose `metrics` is a list**, which then is all that counts:
 * `{"metrics": [{"name": "jobs_total", "value": 3, "labels": {"state": "done"}, "type": "counter", "help": "Jobs."}]}`.
 * `name` is taken as it is; `value` is a number, true, false, or one of the texts "NaN", "+Inf" and "-Inf", which JSON
 * has no numbers for; `labels` has texts, numbers or booleans; `type` is counter, gauge (the default) or untyped, which
 * like `help` may be told with any of a name's values and must then be the same wherever it is told. Keys beyond these
 * are passed over. One mistake refuses the whole text.
 */
export function parseJsonMetrics(text: string, prefix: string, limits: MetricLimits = METRIC_LIMITS): Parsed {
  return outcomeOf(() => {
    const root = parseObject(text);
    return Array.isArray(root.metrics) ? readList(root.metrics, limits) : readNumbers(root, prefix, limits);
  });
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message would show a piece of the text, different each time.
    throw new Mistake(text.trim() === "" ? "it is empty" : "it is not JSON");
  }
  if (!isObject(value)) throw new Mistake("it is not a JSON object");
  return value;
}

function readNumbers(root: JsonObject, prefix: string, limits: MetricLimits): MetricFamily[] {
  const table = new FamilyTable(limits);
  const start = namePart(prefix);
  const visit = (object: JsonObject, name: string, path: string, depth: number) => {
    if (depth > MAX_DEPTH) throw new Mistake(`${path}: objects are nested more than ${MAX_DEPTH} deep`);
    for (const [key, value] of Object.entries(object)) {
      const at = oneLine(path === "" ? key : `${path}.${key}`, MAX_PATH_LENGTH);
      const full = `${name}_${namePart(key)}`;
      if (isObject(value)) visit(value, full, at, depth + 1);
      else if (typeof value === "number" || typeof value === "boolean") {
        inPlace(at, () => {
          table.declareType(full, "gauge");
          table.declareHelp(full, `The value of ${at}.`);
          table.add(full, [], finite(value));
        });
      }
    }
  };
  visit(root, /^\d/.test(start) ? `_${start}` : start, "", 1);
  return table.families();
}

function readList(items: readonly unknown[], limits: MetricLimits): MetricFamily[] {
  const table = new FamilyTable(limits);
  const told: Told = { type: new Map(), help: new Map() };
  const declared = new Set<string>();
  const metrics = items.map((item, at) => inPlace(`metrics[${at}]`, () => readItem(item, told)));
  metrics.forEach(({ name, labels, value }, at) =>
    inPlace(`metrics[${at}]`, () => {
      if (!declared.has(name)) declare(table, name, told);
      declared.add(name);
      table.add(name, labels, value);
    })
  );
  return table.families();
}

/** What any of the values of a name tells of all of them. */
interface Told {
  readonly type: Map<string, MetricType>;
  readonly help: Map<string, string>;
}

function readItem(item: unknown, told: Told) {
  if (!isObject(item)) throw new Mistake("it is not an object");
  const { name, value, labels = {}, type, help } = item;
  if (typeof name !== "string") throw new Mistake("name must be text");
  if (type !== undefined && type !== "counter" && type !== "gauge" && type !== "untyped") {
    throw new Mistake("type must be counter, gauge or untyped");
  }
  if (help !== undefined && typeof help !== "string") throw new Mistake("help must be text");
  if (!isObject(labels)) throw new Mistake("labels must be an object");
  agree(told.type, name, type, "type");
  agree(told.help, name, help, "help");
  return { name, labels: Object.entries(labels).map(readLabel), value: readValue(value) };
}

function declare(table: FamilyTable, name: string, told: Told): void {
  const help = told.help.get(name);
  table.declareType(name, told.type.get(name) ?? "gauge");
  if (help !== undefined) table.declareHelp(name, help);
}

function agree<T extends string>(told: Map<string, T>, name: string, value: T | undefined, what: string): void {
  if (value === undefined) return;
  const before = told.get(name);
  if (before !== undefined && before !== value) throw new Mistake(`another ${what} was told for the same name before`);
  told.set(name, value);
}

function readLabel([name, value]: readonly [string, unknown]): LabelPair {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [name, `${value}`];
  throw new Mistake("the values of labels must be text, numbers, true or false");
}

function readValue(value: unknown): number {
  if (typeof value === "number" || typeof value === "boolean") return finite(value);
  const word = typeof value === "string" && /^(NaN|[+-]Inf)$/.test(value) ? prometheusNumber(value) : undefined;
  if (word === undefined) throw new Mistake('value must be a number, true, false, "NaN", "+Inf" or "-Inf"');
  return word;
}

/** JSON knows no infinity, so one comes of more digits than a number holds. */
function finite(value: number | boolean): number {
  if (value === Infinity || value === -Infinity) throw new Mistake("the number is too large");
  return Number(value);
}

function inPlace<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Mistake ? new Mistake(`${place}: ${error.message}`) : error;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
