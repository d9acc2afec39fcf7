import type { FleetEvent, FleetProcess, ProcessState } from "../../../../protocol/mod.ts";
import { keyOf, type ProcessRow, rowOf } from "./process_row.ts";

/** The manager's list is as old as the host's last heartbeat; after this it is right, whatever an event has said before. */
const LIST_LAGS_MS = 30_000;

/**
 * The rows of a list that is loaded again and again: one that has not changed stays the same object, by which the table
 * knows that it need not be rendered. What an event has told since is not undone by a list that does not know it yet.
 */
export function mergedRows(
  before: readonly ProcessRow[],
  next: readonly ProcessRow[],
  nowMs: number,
): readonly ProcessRow[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const rows = next.map((listed) => {
    const old = known.get(listed.key);
    const row = old === undefined ? listed : withTold(listed, old, nowMs);
    return old !== undefined && isSame(old, row) ? old : row;
  });
  return rows.length === before.length && rows.every((row, at) => row === before[at]) ? before : rows;
}

function withTold(row: ProcessRow, { toldMs, state, sinceMs, reason }: ProcessRow, nowMs: number): ProcessRow {
  const isNewer = toldMs !== undefined && nowMs - toldMs < LIST_LAGS_MS && sinceMs > row.sinceMs;
  return isNewer ? { ...row, state, sinceMs, reason, toldMs } : row;
}

export function rowsOf(processes: readonly FleetProcess[]): ProcessRow[] {
  return uniqueRows(processes.map(rowOf));
}

/** Each process once: a list that is told in pages while it changes may have one twice. */
export function uniqueRows(rows: readonly ProcessRow[]): ProcessRow[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}

/** An event is there before the list that tells the same; null where it changes no row. */
export function withEvent(rows: readonly ProcessRow[], event: FleetEvent, nowMs: number): readonly ProcessRow[] | null {
  const { kind, hostId, process, state, timeMs, message } = event;
  if (kind !== "process" || hostId === undefined || process === undefined || state === undefined) return null;
  const key = keyOf(hostId, process);
  const at = rows.findIndex((row) => row.key === key);
  const row = rows[at];
  // Events of the past are told again when a host was away; and not each event is a change of state.
  if (row === undefined || row.state === state || timeMs < row.sinceMs) return null;
  return rows.with(at, { ...row, state: state as ProcessState, sinceMs: timeMs, reason: message, toldMs: nowMs });
}

function isSame(a: ProcessRow, b: ProcessRow): boolean {
  return a.state === b.state && a.sinceMs === b.sinceMs && a.reason === b.reason && a.restarts === b.restarts &&
    a.cpuPercent === b.cpuPercent && a.rssBytes === b.rssBytes && a.pid === b.pid && a.name === b.name &&
    a.host === b.host && a.hostState === b.hostState && isSameLabels(a.labels, b.labels);
}

function isSameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
