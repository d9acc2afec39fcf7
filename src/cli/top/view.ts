/** What `agent top` shows: readings in, lines out. Nothing here knows of terminals. */
import { fitSections, type Section } from "./fit.ts";
import { beside, type Line } from "./lines.ts";
import type { HostState } from "./readings.ts";
import { cpuLine, hostLine, limitsLine, loadLine, memoryLine, pressureLine, swapLine } from "./summary.ts";
import {
  deviceLines,
  failureLines,
  mountLines,
  networkLines,
  problemLines,
  processLines,
  type SortKey,
  supervisedLines,
} from "./tables.ts";

export interface ViewOptions {
  readonly width: number;
  /** Infinity where there is no end to it. */
  readonly height: number;
  readonly sort: SortKey;
  /** Processes to show at most. */
  readonly rows: number;
}

/** From this width on, tables stand next to each other. */
const TWO_COLUMNS = 130;
const COLUMN_GAP = 4;

export function viewLines(state: HostState, options: ViewOptions): Line[] {
  const { width, height, sort, rows } = options;
  const line = (content: Line | null, importance: number): Section => ({
    lines: content === null ? [] : [content],
    importance,
  });
  const processes = processLines(state, width, sort).slice(0, rows === 0 ? 0 : rows + 1);
  return fitSections([
    line(hostLine(state, width), 0),
    line(loadLine(state, width), 3),
    line(cpuLine(state, width), 1),
    line(memoryLine(state, width), 2),
    line(swapLine(state, width), 4),
    line(pressureLine(state, width), 11),
    line(limitsLine(state, width), 9),
    { lines: problemLines(state), importance: 5 },
    ...failures(state),
    ...pair([mountLines, 7], [deviceLines, 12], state, width),
    ...pair([networkLines, 8], [supervisedLines, 10], state, width),
    { lines: processes, importance: 6, table: "excerpt" },
  ], height);
}

/** Each line for itself, as far as there is room. */
function failures(state: HostState): Section[] {
  return failureLines(state).map((line) => ({ lines: [line], importance: 5 }));
}

type Part = readonly [lines: (state: HostState, width: number) => Line[], importance: number];

/** Two tables, next to each other where that is wide enough for both. */
function pair([left, first]: Part, [right, second]: Part, state: HostState, width: number): Section[] {
  const half = Math.floor((width - COLUMN_GAP) / 2);
  const both = width >= TWO_COLUMNS ? [left(state, half), right(state, half)] as const : null;
  if (both?.every((lines) => lines.length > 0)) {
    const importance = Math.min(first, second);
    return [{ lines: beside(both[0], both[1], width - half), importance, table: "complete" }];
  }
  return [
    { lines: left(state, width), importance: first, table: "complete" },
    { lines: right(state, width), importance: second, table: "complete" },
  ];
}
