import { AppError, Duration } from "../core/mod.ts";

/** `14:05`, `14:05:09`, `2026-03-01`, `2026-03-01 14:05`, `2026-03-01T14:05:09.5Z`. */
const TIME = /^(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?(\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/;
const DAY_MS = 86_400_000;

/** Reads `--since`, or another, and words it as the agent takes it. A time without a zone is one of the user's own clock. */
export function sinceOption(text: string, nowMs: number, option = "--since"): string {
  const trimmed = text.trim();
  const duration = Duration.parse(trimmed);
  if (duration !== null) return String(duration);
  const timeMs = timeOf(trimmed, nowMs);
  if (timeMs !== null) return new Date(timeMs).toISOString();
  const forms = "a duration such as 15m, or a time such as 14:05, 2026-03-01 or 2026-03-01T14:05:09Z";
  throw new AppError("invalid_input", `${option} takes ${forms}, got "${text}"`);
}

function timeOf(text: string, nowMs: number): number | null {
  const [, day, given, zone = ""] = TIME.exec(text) ?? [];
  if (day === undefined && given === undefined) return null;
  if (zone !== "" && (day === undefined || given === undefined)) return null;
  const time = given ?? "00:00";
  const clock = /^\d:/.test(time) ? `0${time}` : time;
  const ms = Date.parse(`${day ?? localDay(nowMs)}T${clock}${zone}`);
  if (!Number.isFinite(ms)) return null;
  return day === undefined && ms > nowMs ? ms - DAY_MS : ms; // a time of day that is still to come was yesterday's
}

function localDay(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
