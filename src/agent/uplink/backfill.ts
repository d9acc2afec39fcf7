import type { SampleRow, Welcome } from "../../protocol/mod.ts";

/** So much is remembered at the interval; older rows are minutes, which the manager would take for gaps. */
const FINE_SPAN_MS = 3_600_000;

/** From where on the manager lacks samples, and until when; null where it lacks none. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What is to be told besides the heartbeats: what came after the last sample that the manager has, or after the gap that
 * an earlier connection could not fill, because what is told live meanwhile hides it. An hour at most.
 */
export function gapOf(have: Welcome["have"], unfilled: Gap | null, nowMs: number): Gap | null {
  const sinceMs = Math.min(have.sampleMs ?? 0, unfilled === null ? Infinity : unfilled.fromMs - 1);
  const fromMs = Math.max(sinceMs + 1, nowMs - FINE_SPAN_MS);
  return fromMs < nowMs ? { fromMs: Math.round(fromMs), toMs: Math.round(nowMs) } : null;
}

/** The next rows to send, and what is missing after them; null when that was the last of it. */
export function nextRows(
  rows: readonly SampleRow[],
  gap: Gap,
  { limit, stepMs }: { readonly limit: number; readonly stepMs: number },
): { readonly rows: readonly SampleRow[]; readonly rest: Gap | null } {
  const wanted = rows.filter(({ timeMs }) => timeMs >= gap.fromMs && timeMs < gap.toMs);
  const chosen = wanted.slice(0, limit);
  const last = chosen.at(-1);
  const isAll = chosen.length === wanted.length;
  return { rows: chosen, rest: isAll || last === undefined ? null : { fromMs: last.timeMs + stepMs, toMs: gap.toMs } };
}
