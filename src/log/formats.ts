import type { LogLevel } from "./logger.ts";
import type { Plain, PlainFields } from "./plain.ts";
import type { Format } from "./record.ts";

/** Control characters, line separators and marks that turn the writing direction: none may reach a line or a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_C}\u2028\u2029]/gu;
const RESERVED: ReadonlySet<string> = new Set(["ts", "level", "msg"]);

/** One JSON object per line; a field that would hide the time, level or message gets an underscore. */
export const jsonFormat: Format = (record) => {
  const line: Record<string, Plain> = { ts: new Date(record.tsMs).toISOString(), level: record.level };
  if (record.component !== undefined) line.component = record.component;
  line.msg = record.msg;
  for (const [key, value] of Object.entries(record.fields)) {
    const name = RESERVED.has(key) || (key === "component" && "component" in line) ? `${key}_` : key;
    Object.defineProperty(line, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return `${escapeUnprintable(JSON.stringify(line))}\n`;
};

const LEVEL_COLOUR: Readonly<Record<LogLevel, number>> = { debug: 90, info: 32, warn: 33, error: 31 };

/** A line for people, in local time: `12:34:56.789 INFO  control  listening  path=/run/x`; stacks stand below it. */
export function textFormat(options: { readonly colour: boolean }): Format {
  const paint = (code: number, text: string) => options.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  return (record) => {
    const { pairs, stacks } = flatten(record.fields);
    const level = paint(LEVEL_COLOUR[record.level], record.level.toUpperCase().padEnd(5));
    const columns = [escapeUnprintable(record.msg)];
    if (record.component !== undefined) columns.unshift(paint(36, escapeUnprintable(record.component)));
    if (pairs.length > 0) columns.push(pairs.map(([key, value]) => `${paint(90, `${key}=`)}${value}`).join(" "));
    const line = `${paint(90, localTime(record.tsMs))} ${level} ${columns.join("  ")}`;
    return [line, ...stacks, ""].join("\n");
  };
}

interface Flat {
  readonly pairs: [key: string, value: string][];
  readonly stacks: string[];
}

/** Nested fields as `outer.inner=value`; the message of an error stands for the error, its stack goes below the line. */
function flatten(fields: PlainFields, prefix = "", flat: Flat = { pairs: [], stacks: [] }): Flat {
  for (const [key, value] of Object.entries(fields)) {
    const name = prefix === ""
      ? escapeUnprintable(key)
      : key === "message"
      ? prefix
      : `${prefix}.${escapeUnprintable(key)}`;
    if (key === "stack" && typeof value === "string" && prefix !== "") {
      flat.stacks.push(...value.split("\n").map((line) => `    ${escapeUnprintable(line.trim())}`));
    } else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      flatten(value, name, flat);
    } else {
      flat.pairs.push([name, printValue(value)]);
    }
  }
  return flat;
}

/** Bare where that is unambiguous, in JSON quotes otherwise. */
function printValue(value: Plain): string {
  if (typeof value === "string" && /^[^\s"=\\\p{Cc}]+$/u.test(value)) return escapeUnprintable(value);
  return escapeUnprintable(JSON.stringify(value));
}

/** Spelt as JSON does, so that escaping a JSON text leaves its meaning as it was. */
function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function localTime(tsMs: number): string {
  const time = new Date(tsMs);
  const digits = (value: number, width = 2) => String(value).padStart(width, "0");
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${digits(hours)}:${digits(minutes)}:${digits(seconds)}.${digits(time.getMilliseconds(), 3)}`;
}
