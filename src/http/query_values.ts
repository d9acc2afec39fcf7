import { AppError, Duration } from "../core/mod.ts";

/** Values as people write them into the query of a URL. `name` is the parameter that the error names. */

const DATE = /^\d{4}-\d{2}-\d{2}/;

export function durationOf(name: string, text: string): number {
  const ms = Duration.parse(text)?.ms ?? 0;
  if (ms > 0) return ms;
  throw new AppError("invalid_input", `${name} must be a duration such as 90s or 1h, got "${text}"`);
}

/** Milliseconds since 1970 of a time. */
export function timeOf(name: string, text: string): number {
  const ms = parseTime(text);
  if (ms !== null) return ms;
  throw new AppError(
    "invalid_input",
    `${name} must be milliseconds since 1970 or a time such as 2026-01-31T12:00:00Z, got "${text}"`,
  );
}

/** The same of a time, or of a duration before now. */
export function sinceOf(name: string, text: string, nowMs: number): number {
  const ms = parseTime(text);
  if (ms !== null) return ms;
  const ago = Duration.parse(text);
  if (ago !== null) return nowMs - ago.ms;
  throw new AppError(
    "invalid_input",
    `${name} must be a time such as 2026-01-31T12:00:00Z or a duration before now such as 2h, got "${text}"`,
  );
}

export function wholeNumberOf(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new AppError("invalid_input", `${name} must be a whole number from ${min} to ${max}, got "${text}"`);
}

/** The runtime would take "item 5" for a day in the year 2001. */
function parseTime(text: string): number | null {
  const ms = /^\d+$/.test(text) ? Number(text) : DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isSafeInteger(ms) ? ms : null;
}
