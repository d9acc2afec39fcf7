import type { Task } from "../../../protocol/mod.ts";

/** What a task has come to, as it is shown. All texts are a host's words. */
export type TaskOutput =
  | { readonly kind: "none" }
  | {
    readonly kind: "command";
    /** Absent when a signal ended it, or where the answer was cut before it said so. */
    readonly code?: number;
    readonly signal?: string;
    readonly timedOut: boolean;
    readonly stdout: string;
    readonly stderr: string;
    /** Whether some of it is missing. */
    readonly isCut: boolean;
  }
  | { readonly kind: "text"; readonly text: string; readonly isCut: boolean };

type TaskResult = NonNullable<Task["result"]>;
type Json = Readonly<Record<string, unknown>>;

/** The answer of a host to a task: JSON, of which only the beginning may be there. */
export function outputOf(result: TaskResult | undefined): TaskOutput {
  if (result === undefined || result.output === "") return { kind: "none" };
  const { output, truncated } = result;
  const parsed = parse(output);
  if (isReport(parsed)) return commandOutput(parsed, truncated);
  if (parsed !== undefined) return { kind: "text", text: pretty(parsed), isCut: truncated };
  const rest = truncated ? fieldsOfCut(output) : {};
  return isReport(rest) ? commandOutput(rest, true) : { kind: "text", text: output, isCut: truncated };
}

function commandOutput(report: Json, isCut: boolean): TaskOutput {
  const { code, signal, timedOut, stdout, stderr, truncated } = report;
  return {
    kind: "command",
    ...typeof code === "number" && { code },
    ...typeof signal === "string" && { signal },
    timedOut: timedOut === true,
    stdout: textOf(stdout),
    stderr: textOf(stderr),
    isCut: isCut || truncated === true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut, or no JSON at all
  }
}

/** An answer of `POST /v1/exec`. */
function isReport(value: unknown): value is Json {
  return typeof value === "object" && value !== null && typeof (value as Json).stdout === "string";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function pretty(value: unknown): string {
  return value === null ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

const MEMBER = /\s*[{,]\s*"(\w+)"\s*:\s*(?:(-?\d+(?:\.\d+)?(?=[,}\s]))|(true|false|null)|("))/y;

/** The plain members at the beginning of a JSON object that ends somewhere within; of a text, what of it is there. */
function fieldsOfCut(json: string): Json {
  const fields: Record<string, unknown> = {};
  let at = 0;
  for (;;) {
    MEMBER.lastIndex = at;
    const match = MEMBER.exec(json);
    if (match === null) return fields;
    const [, name = "", number, word, quote] = match;
    at = MEMBER.lastIndex;
    if (quote !== undefined) {
      const end = endOfText(json, at);
      fields[name] = textBetween(json, at, end);
      at = end + 1;
    } else {
      fields[name] = number === undefined ? word === "true" : Number(number);
    }
  }
}

/** Where the closing quote is, or the end. */
function endOfText(json: string, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return Math.min(at, json.length);
}

/** At most one escape, or half of one, is lost at the end. */
function textBetween(json: string, start: number, end: number): string {
  const raw = json.slice(start, end);
  for (let cut = 0; cut <= Math.min(6, raw.length); cut++) {
    const text = parse(`"${raw.slice(0, raw.length - cut)}"`);
    if (typeof text === "string") return text;
  }
  return raw;
}
