/** The time that a line says itself, where it begins with one in a form that is widely used. */

export interface Nearby {
  /** A time that is not far from that of the line. */
  readonly nearMs: number;
  /** Whether that is when the line was written; else it may have been written long before. */
  readonly isExact: boolean;
}

/** So much of a line is looked at. */
export const TIME_CHARS = 256;

type Fields = readonly [year: number, month: number, day: number, time: readonly number[]];

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(${MONTHS.join("|")})`;
const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?`;
const ZONE = String.raw` ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?(?![\d:])`;
/** What may stand before: the priority of syslog, a bracket, the first key of a line of JSON or of logfmt. */
const BEFORE = new RegExp(
  String
    .raw`^(?:<\d{1,3}>(?:1 )?|[[("]|(?:ts|time|t|timestamp)="?|\{"(?:ts|time|t|@?timestamp|date|datetime|asctime)": ?"?)`,
);
/** ISO 8601, and what PostgreSQL, nginx, Go, Python and Java make of it. */
const ISO = new RegExp(String.raw`^(\d{4})[-/](\d\d)[-/](\d\d)[T ]${CLOCK}${ZONE}`);
/** Seconds since 1970, or parts of them. */
const EPOCH = /^(\d{10})(?:(\d{3})(?:\d{3}){0,2}|\.(\d{1,9}))?(?![\d.])/;
/** RFC 3164, section 4.1.2. */
const SYSLOG = new RegExp(String.raw`^${MONTH} {1,2}(\d{1,2}) ${CLOCK}(?!\d)`);
/** Kubernetes and what else uses glog. */
const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,9})/;
/** The error log of Apache. */
const APACHE = new RegExp(String.raw`^\[\w{3} ${MONTH} {1,2}(\d{1,2}) ${CLOCK} (\d{4})\]`);
/** Access logs: https://httpd.apache.org/docs/current/logs.html#common */
const COMMON = new RegExp(String.raw`\[(\d\d)/${MONTH}/(\d{4}):${CLOCK} ([+-]\d{4})\]`);
/** Redis, with the process before it. */
const DAY_FIRST = new RegExp(String.raw`^(?:\d{1,10}:[A-Z] )?(\d{1,2}) ${MONTH} (\d{4}) ${CLOCK}`);
const DAY_MS = 86_400_000;

/** Null for a line that does not begin with a time. */
export function timeOfLine(head: string, nearby: Nearby): number | null {
  const kind = kindOf(head.charCodeAt(0));
  if (kind === "other") return null;
  const text = kind === "digit" ? head : head.replace(BEFORE, "");
  const own = kindOf(text.charCodeAt(0)) === "digit" ? iso(text, nearby) ?? epoch(text) : yearless(text, nearby);
  return own ?? (head.includes(":") ? withMonthName(head, nearby) : null);
}

/** A line that is indented, or begins with most signs, goes on with what was said before. */
function kindOf(code: number): "digit" | "letter" | "other" {
  if (code >= 0x30 && code <= 0x39) return "digit";
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter || [0x22, 0x28, 0x3a, 0x3c, 0x5b, 0x7b].includes(code) ? "letter" : "other"; // " ( : < [ {
}

function iso(text: string, nearby: Nearby): number | null {
  const [, year, month, day, hour, minute, second, fraction, zone] = ISO.exec(text) ?? [];
  if (year === undefined) return null;
  const time = clockOf(hour, minute, second, fraction);
  return inZone([Number(year), Number(month), Number(day), time], zone, nearby);
}

function epoch(text: string): number | null {
  const [, seconds, thousandths, fraction] = EPOCH.exec(text) ?? [];
  if (seconds === undefined || Number(seconds) < 1_000_000_000) return null;
  return Number(seconds) * 1_000 + (thousandths === undefined ? millisecondsOf(fraction) : Number(thousandths));
}

/** Of the years that it may be, the one that is nearest; a line is not from the future. */
function yearless(text: string, nearby: Nearby): number | null {
  const klog = KLOG.exec(text);
  const [, monthName = "", dayText, ...syslogTime] = SYSLOG.exec(text) ?? [];
  if (klog === null && dayText === undefined) return null;
  const month = klog === null ? MONTHS.indexOf(monthName) + 1 : Number(klog[1]);
  const day = Number(klog === null ? dayText : klog[2]);
  const time = klog === null
    ? clockOf(syslogTime[0], syslogTime[1], syslogTime[2], syslogTime[3])
    : clockOf(klog[3], klog[4], klog[5], klog[6]);
  const thisYear = new Date(nearby.nearMs).getUTCFullYear();
  const all = [thisYear - 1, thisYear, thisYear + 1].flatMap((year) =>
    inZone([year, month, day, time], "", nearby) ?? []
  );
  const past = nearby.isExact ? all : all.filter((ms) => ms <= nearby.nearMs + DAY_MS);
  return nearestOf(past, nearby.nearMs);
}

function withMonthName(text: string, nearby: Nearby): number | null {
  const apache = APACHE.exec(text);
  if (apache !== null) {
    const [, month = "", day, hour, minute, second, fraction, year] = apache;
    const time = clockOf(hour, minute, second, fraction);
    return inZone([Number(year), MONTHS.indexOf(month) + 1, Number(day), time], "", nearby);
  }
  const found = COMMON.exec(text.slice(0, TIME_CHARS)) ?? DAY_FIRST.exec(text);
  if (found === null) return null;
  const [, day, month = "", year, hour, minute, second, fraction, zone] = found;
  const time = clockOf(hour, minute, second, fraction);
  return inZone([Number(year), MONTHS.indexOf(month) + 1, Number(day), time], zone, nearby);
}

function clockOf(hour = "", minute = "", second = "", fraction = ""): readonly number[] {
  return [Number(hour), Number(minute), Number(second), millisecondsOf(fraction)];
}

function millisecondsOf(fraction = ""): number {
  return Number(fraction.slice(0, 3).padEnd(3, "0"));
}

/** Without a zone it is one of this host, or of UTC where that fits better with when it was written. */
function inZone(fields: Fields, zone: string | undefined, { nearMs, isExact }: Nearby): number | null {
  const [year, month, day, [hour = 0, minute = 0, second = 0, ms = 0]] = fields;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  if (zone !== undefined && zone !== "") return utc - offsetOf(zone);
  const local = new Date(year, month - 1, day, hour, minute, second, ms).getTime();
  return isExact ? nearestOf([local, utc], nearMs) : local;
}

function offsetOf(zone: string): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -ms : ms;
}

function nearestOf(times: readonly number[], nearMs: number): number | null {
  let nearest: number | null = null;
  for (const ms of times) {
    if (nearest === null || Math.abs(ms - nearMs) < Math.abs(nearest - nearMs)) nearest = ms;
  }
  return nearest;
}

/** A line that follows one with a time is hardly written later than this, when somebody watched. */
const SAME_MS = 60_000;

export interface KnownTimes {
  /** That the line says itself. */
  readonly own: number | null;
  /** That the last line before it says which says one. */
  readonly inherited: () => number | null;
  /** When it was written, as far as somebody watched. */
  readonly written: number | undefined;
}

/** Its own time; else that of the line before, unless it is known to have been written much later; else when it was written. */
export function bestTime({ own, inherited, written }: KnownTimes): number | undefined {
  if (own !== null) return own;
  const before = inherited();
  if (before === null) return written;
  return written !== undefined && Math.abs(written - before) > SAME_MS ? written : before;
}
