import type { LogLine } from "../../protocol/mod.ts";
import { localTime, type Style, styled } from "../output.ts";
import { fitTo, safeOutput } from "../safe_text.ts";
import { ABSENT } from "../units.ts";

export interface LineOptions {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly timestamps: boolean;
}

/** What stands before the lines of one process where those of several are shown. */
export interface Prefix {
  readonly id: string;
  readonly width: number;
  readonly style: Style;
}

const TIME_WIDTH = 19;
const PREFIX_STYLES: readonly Style[] = ["cyan", "green", "yellow", "magenta"];

/** One for each id, in columns. Nothing for a single one, whose lines are to be had as they are. */
export function prefixesOf(ids: readonly string[]): ReadonlyMap<string, Prefix> {
  if (ids.length < 2) return new Map();
  const width = Math.max(...ids.map((id) => id.length));
  return new Map(ids.map((id, index) => {
    const style = PREFIX_STYLES[index % PREFIX_STYLES.length] ?? "cyan";
    return [id, { id, width, style }];
  }));
}

/** A line as it is printed. A pipe gets its text as the program wrote it; a terminal gets nothing that acts on it. */
export function logLineText(line: LogLine, prefix: Prefix | undefined, options: LineOptions): string {
  const { colour, timestamps } = options;
  const dim = (text: string) => colour ? styled(text, "dim") : text;
  const before = [
    ...(prefix === undefined ? [] : [`${prefixText(prefix, colour)} | `]),
    ...(timestamps ? [`${dim(fitTo(line.timeMs === undefined ? ABSENT : localTime(line.timeMs), TIME_WIDTH))} `] : []),
  ];
  return before.join("") + bodyOf(line, options);
}

function prefixText({ id, width, style }: Prefix, colour: boolean): string {
  const text = fitTo(id, width);
  return colour ? styled(text, style) : text;
}

function bodyOf({ text, file, cut = false }: LogLine, { isTerminal, colour }: LineOptions): string {
  if (!isTerminal) return text;
  const safe = safeOutput(text, colour) + (cut ? "…" : "");
  // A program that colours its errors itself has its own idea of them.
  return colour && file === "stderr" && safe !== "" && !safe.includes("\x1b") ? styled(safe, "red") : safe;
}
