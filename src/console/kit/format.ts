import { language, t } from "./i18n/i18n.ts";

/** Numbers, sizes and times as people read them, in the language of the console. What is not there is a dash. */

const NOTHING = "–";
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_DATE_MS = 8.64e15;

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

export function number(value: number | undefined | null, digits = 0): string {
  if (!isThere(value)) return NOTHING;
  return numberFormat(digits).format(value);
}

/** 0 to 100: "7.3 %" below ten, "42 %" above. */
export function percent(value: number | undefined | null): string {
  return isThere(value) ? `${number(value, Math.abs(value) < 9.95 ? 1 : 0)} %` : NOTHING;
}

/** In steps of 1,000: "1.5 GB". */
export function bytes(value: number | undefined | null): string {
  if (!isThere(value)) return NOTHING;
  let at = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && at < BYTE_UNITS.length - 1) {
    rest /= 1_000;
    at++;
  }
  const digits = at === 0 || rest >= 99.5 ? 0 : 1;
  return `${value < 0 ? "-" : ""}${number(rest, digits)} ${BYTE_UNITS[at] ?? ""}`;
}

export function bytesPerSecond(value: number | undefined | null): string {
  return isThere(value) ? `${bytes(value)}/s` : NOTHING;
}

/** The two largest units: "3 d 4 h", "12 s", "80 ms". */
export function duration(ms: number | undefined | null): string {
  if (!isThere(ms)) return NOTHING;
  const span = Math.abs(ms);
  if (span < SECOND_MS) return t("unit.ms", { n: number(span, span < 9.95 && span > 0 ? 1 : 0) });
  if (span < MINUTE_MS) return t("unit.s", { n: Math.floor(span / SECOND_MS) });
  if (span < HOUR_MS) return two(span, MINUTE_MS, "unit.min", SECOND_MS, "unit.s");
  if (span < DAY_MS) return two(span, HOUR_MS, "unit.h", MINUTE_MS, "unit.min");
  return two(span, DAY_MS, "unit.d", HOUR_MS, "unit.h");
}

type Unit = "unit.s" | "unit.min" | "unit.h" | "unit.d";

function two(span: number, bigMs: number, big: Unit, smallMs: number, small: Unit): string {
  const whole = Math.floor(span / bigMs);
  const rest = Math.floor((span % bigMs) / smallMs);
  return rest === 0 ? t(big, { n: whole }) : `${t(big, { n: whole })} ${t(small, { n: rest })}`;
}

/** In one unit, which is enough for how long ago something was: "3 min ago"; "in 5 d" for what is to come. */
export function ago(timeMs: number | undefined | null, nowMs: number): string {
  if (!isThere(timeMs)) return NOTHING;
  const span = nowMs - timeMs;
  if (Math.abs(span) < SECOND_MS * 2) return t("time.now");
  return span > 0 ? t("time.ago", { span: rough(span) }) : t("time.in", { span: rough(-span) });
}

/** In one unit: "3 min", "2 d". */
export function rough(span: number): string {
  if (span < MINUTE_MS) return t("unit.s", { n: Math.max(0, Math.floor(span / SECOND_MS)) });
  if (span < HOUR_MS) return t("unit.minutes", { n: Math.floor(span / MINUTE_MS) });
  if (span < DAY_MS) return t("unit.h", { n: Math.floor(span / HOUR_MS) });
  return t("unit.d", { n: Math.floor(span / DAY_MS) });
}

/** "14:03:22". */
export function clockTime(timeMs: number | undefined | null): string {
  return isDate(timeMs) ? dateFormat("time").format(timeMs) : NOTHING;
}

/** "2026-03-14 14:03:22", in the browser's time zone. */
export function dateTime(timeMs: number | undefined | null): string {
  if (!isDate(timeMs)) return NOTHING;
  // Swedish writes dates as ISO does, which every reader of either language takes for what it is.
  return dateFormat("both").format(timeMs);
}

function isThere(value: number | undefined | null): value is number {
  return value !== undefined && value !== null && Number.isFinite(value);
}

/** What a date can be; a host's clock may say anything. */
function isDate(timeMs: number | undefined | null): timeMs is number {
  return isThere(timeMs) && Math.abs(timeMs) <= MAX_DATE_MS;
}

function numberFormat(digits: number): Intl.NumberFormat {
  const key = `${language.peek()} ${digits}`;
  const found = formats.get(key) ??
    new Intl.NumberFormat(language.peek(), { minimumFractionDigits: 0, maximumFractionDigits: digits });
  formats.set(key, found);
  return found as Intl.NumberFormat; // sound: this key is only ever set here
}

function dateFormat(what: "time" | "both"): Intl.DateTimeFormat {
  const found = formats.get(what) ??
    new Intl.DateTimeFormat("sv-SE", { ...(what === "both" && { dateStyle: "short" }), timeStyle: "medium" });
  formats.set(what, found);
  return found as Intl.DateTimeFormat; // sound, likewise
}
