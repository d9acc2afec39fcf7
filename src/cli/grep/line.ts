import { basename } from "node:path";
import { localTime, styled } from "../output.ts";
import { displayWidth, fitTo, safeOutput, safeText } from "../safe_text.ts";
import { ABSENT } from "../units.ts";
import type { Match, ShownLine } from "./results.ts";

export interface LineStyle {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly withPrefix: boolean;
}

const TIME_WIDTH = 19;
const LONGEST_COLUMN = 40;

/** How wide what stands before the lines is. */
export interface Columns {
  /** Absent where there is one host only. */
  readonly host?: number;
  readonly process: number;
  readonly file: number;
}

export function columnsOf(matches: readonly Match[], withHosts: boolean): Columns {
  const widest = (textOf: (match: Match) => string) =>
    Math.min(
      LONGEST_COLUMN,
      matches.reduce((width, match) => Math.max(width, displayWidth(safeText(textOf(match)))), 1),
    );
  return {
    ...(withHosts && { host: widest(({ host = ABSENT }) => host) }),
    process: widest(({ process }) => process),
    file: widest(fileOf),
  };
}

/** A line as it is printed. A pipe gets its text as the program wrote it; a terminal gets nothing that acts on it. */
export function grepLine(line: ShownLine, columns: Columns, style: LineStyle): string {
  const body = bodyOf(line, style);
  return style.withPrefix ? `${prefixOf(line, columns, style)} ${line.isMatch ? "|" : "-"} ${body}` : body;
}

function prefixOf({ match, isMatch }: ShownLine, { host, process, file }: Columns, { colour }: LineStyle): string {
  const { timeMs } = match;
  const time = timeMs === undefined || !isMatch ? isMatch ? ABSENT : "" : localTime(timeMs);
  const cells = [
    ...(host === undefined ? [] : [paint(fitTo(match.host ?? ABSENT, host), "magenta")]),
    paint(fitTo(match.process, process), "cyan"),
    paint(fitTo(fileOf(match), file), "dim"),
    paint(fitTo(time, TIME_WIDTH), "dim"),
  ];
  return cells.join(" ");

  function paint(text: string, as: "magenta" | "cyan" | "dim"): string {
    return colour ? styled(text, as) : text;
  }
}

/** The last part of a path is what tells most. */
function fileOf({ file, rotated }: Match): string {
  return rotated ?? (file.startsWith("/") || file.includes("\\") ? basename(file.replaceAll("\\", "/")) : file);
}

function bodyOf({ match, text, isMatch }: ShownLine, { isTerminal, colour }: LineStyle): string {
  if (!isTerminal) return text;
  const cut = isMatch && match.cut === true ? "…" : "";
  if (!colour || !isMatch) return safeOutput(text, false) + cut;
  let [shown, end] = ["", 0];
  for (const [from, to] of match.spans ?? []) {
    if (from < end || to <= from || to > text.length) continue;
    const found = styled(styled(safeOutput(text.slice(from, to), false), "red"), "bold");
    shown += safeOutput(text.slice(end, from), false) + found;
    end = to;
  }
  return shown + safeOutput(text.slice(end), false) + cut;
}
