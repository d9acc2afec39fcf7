/** The table of `agent ps`: processes in, lines out. */
import { Duration } from "../../core/mod.ts";
import type { ProcessView } from "../../protocol/mod.ts";
import { roughly } from "../output.ts";
import { displayWidth, safeText } from "../safe_text.ts";
import { type Column, type Line, tableLines } from "../top/lines.ts";
import { ABSENT, readableBytes, readableNumber, readablePercent } from "../units.ts";
import { exitText, labelsText, probeStyle, probeText, stateStyle } from "./words.ts";

export interface TableOptions {
  readonly nowMs: number;
  /** Infinity where lines may be as long as they are. */
  readonly width: number;
  /** Whether to tell everything. */
  readonly wide: boolean;
}

/** Ids have 64 characters at most, of which this many tell most of them apart. */
const WIDEST = 48;

export function processTable(processes: readonly ProcessView[], { nowMs, width, wide }: TableOptions): Line[] {
  // The wall clock may have been set back since.
  const age = (sinceMs: number) => roughly(new Duration(Math.max(0, nowMs - sinceMs)));
  const columns: Column<ProcessView>[] = [
    { title: "ID", align: "left", cell: ({ id }) => id },
    { title: "STATE", align: "left", cell: ({ state }) => state, style: ({ state }) => stateStyle(state) },
    { title: "SINCE", align: "left", cell: ({ sinceMs }) => age(sinceMs) },
    { title: "PID", cell: ({ pid }) => readableNumber(pid) },
    { title: "RESTARTS", cell: ({ restarts }) => String(restarts), spare: 1 },
    { title: "CPU", cell: ({ usage }) => readablePercent(usage?.cpuPercent) },
    { title: "MEMORY", cell: ({ usage }) => readableBytes(usage?.rssBytes) },
    ...(wide ? WIDE_COLUMNS : []),
    { title: "PROBE", align: "left", cell: probeText, style: probeStyle, spare: 3 },
    { title: "LAST EXIT", align: "left", cell: ({ lastExit }) => exitText(lastExit), spare: 2 },
  ];
  const sized = columns.map((column) => ({ ...column, width: widest(column, processes) }));
  return tableLines([...sized, { title: "REASON", cell: ({ reason }) => reason }], processes, width);
}

const WIDE_COLUMNS: readonly Column<ProcessView>[] = [
  { title: "PROCESSES", cell: ({ usage }) => readableNumber(usage?.processes) },
  { title: "THREADS", cell: ({ usage }) => readableNumber(usage?.threads) },
  { title: "FILES", cell: ({ usage }) => readableNumber(usage?.openFiles) },
  { title: "READ/s", cell: ({ usage }) => readableBytes(usage?.readBytesPerSecond) },
  { title: "WRITE/s", cell: ({ usage }) => readableBytes(usage?.writtenBytesPerSecond) },
  { title: "NAME", align: "left", cell: ({ name }) => name },
  { title: "TYPE", align: "left", cell: ({ type, kind }) => kind === "oneshot" ? `${type}, oneshot` : type },
  { title: "LABELS", align: "left", cell: ({ labels }) => labelsText(labels) || ABSENT },
];

function widest<Row>({ title, cell }: Column<Row>, rows: readonly Row[]): number {
  const width = rows.reduce((most, row) => Math.max(most, displayWidth(safeText(cell(row)))), title.length);
  return Math.min(WIDEST, width);
}
