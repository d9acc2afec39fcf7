import type { LabelPair } from "./family_table.ts";
import { quoted } from "./names.ts";
import { prometheusNumber } from "./numbers.ts";
import { Mistake } from "./parsed.ts";

/** One line of values: `name{label="value"} 1`. */
export interface SampleLine {
  readonly name: string;
  readonly labels: readonly LabelPair[];
  readonly value: number;
}

const BACKSLASH = "\\";
const WORD = /[^ \t{}=,"]*/y;
/** What most lines end in: a number and nothing else. */
const PLAIN_VALUE = /^[ \t]*(\S+)[ \t]*$/;

/** Reads a line that is neither empty nor a comment. */
export function parseSampleLine(line: string): SampleLine {
  const cursor = new Cursor(line);
  const name = cursor.word();
  if (name === "") throw new Mistake(`${quoted(line)} does not begin with the name of a metric`);
  cursor.skipBlanks();
  const labels = cursor.take("{") ? readLabels(cursor) : [];
  return { name, labels, value: readValue(cursor.rest()) };
}

/** `\\` and `\n` of a HELP text; another backslash stands for itself. */
export function unescapeHelp(text: string): string {
  return text.includes(BACKSLASH) ? text.replace(/\\[\\n]/g, (pair) => (pair === "\\n" ? "\n" : BACKSLASH)) : text;
}

function readLabels(cursor: Cursor): LabelPair[] {
  const labels: LabelPair[] = [];
  for (;;) {
    cursor.skipBlanks();
    if (cursor.take("}")) return labels;
    const name = cursor.word();
    if (name === "") throw new Mistake(`a label is expected at ${quoted(cursor.rest())}`);
    cursor.skipBlanks();
    if (!cursor.take("=")) throw new Mistake(`= is expected after the label ${quoted(name)}`);
    cursor.skipBlanks();
    if (!cursor.take('"')) throw new Mistake(`the value of the label ${quoted(name)} must be in quotes`);
    labels.push([name, cursor.quotedText(name)]);
    cursor.skipBlanks();
    if (!cursor.take(",") && !cursor.at("}")) throw new Mistake(`, or } is expected after the label ${quoted(name)}`);
  }
}

function readValue(rest: string): number {
  const plain = PLAIN_VALUE.exec(rest)?.[1];
  const number = plain === undefined ? undefined : prometheusNumber(plain);
  if (number !== undefined) return number;
  const [token = "", timestamp, ...more] = rest.split(/[ \t]+/).filter((part) => part !== "");
  const value = prometheusNumber(token);
  if (value === undefined) throw new Mistake(token === "" ? "there is no value" : `${quoted(token)} is not a number`);
  if (timestamp === undefined) return value;
  if (more.length === 0 && /^-?\d+$/.test(timestamp)) {
    throw new Mistake("there is a timestamp; leave it out, values count from when they are read");
  }
  throw new Mistake(`${quoted([timestamp, ...more].join(" "))} follows the value`);
}

/** A place in one line. */
class Cursor {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  skipBlanks(): void {
    while (this.#line[this.#at] === " " || this.#line[this.#at] === "\t") this.#at++;
  }

  at(character: string): boolean {
    return this.#line[this.#at] === character;
  }

  take(character: string): boolean {
    const found = this.at(character);
    if (found) this.#at++;
    return found;
  }

  /** What may be a name; whether it is a good one is for others to say. */
  word(): string {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#line)?.[0] ?? "";
    this.#at += word.length;
    return word;
  }

  rest(): string {
    return this.#line.slice(this.#at);
  }

  /** The text up to the closing quote, and past it. */
  quotedText(label: string): string {
    let text = "";
    for (;;) {
      const quote = this.#line.indexOf('"', this.#at);
      if (quote < 0) throw new Mistake(`the value of the label ${quoted(label)} has no closing quote`);
      const escape = this.#line.indexOf(BACKSLASH, this.#at);
      const end = escape >= 0 && escape < quote ? escape : quote;
      text += this.#line.slice(this.#at, end);
      this.#at = end + 1;
      if (end === quote) return text;
      text += escaped(this.#line[this.#at++], label);
    }
  }
}

function escaped(character: string | undefined, label: string): string {
  if (character === "n") return "\n";
  if (character === '"' || character === BACKSLASH) return character;
  throw new Mistake(`${quoted(BACKSLASH + (character ?? ""))} in the label ${quoted(label)} is not \\\\, \\" or \\n`);
}
