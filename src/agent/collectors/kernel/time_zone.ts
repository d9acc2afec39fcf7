import type { KernelSample } from "../../../protocol/mod.ts";
import type { TreeReader } from "../reading/tree_reader.ts";

type HostTime = Required<Pick<KernelSample, "timeSeconds" | "timeZone" | "utcOffsetSeconds">>;

const HOUR = 3600;
const NAME = "<[^>]{1,16}>|[A-Za-z]{1,16}";
const OFFSET = "[+-]?\\d{1,3}(?::\\d\\d){0,2}";

/** The host's time and how far it is from UTC; the zone's name is looked up again when that has changed. */
export class TimeZoneReader {
  readonly #tree: TreeReader;
  #known: Pick<HostTime, "timeZone" | "utcOffsetSeconds"> | null = null;

  constructor(tree: TreeReader) {
    this.#tree = tree;
  }

  read(nowMs: number): HostTime {
    const utcOffsetSeconds = 0 - new Date(nowMs).getTimezoneOffset() * 60;
    if (this.#known?.utcOffsetSeconds !== utcOffsetSeconds) {
      const rule = ruleOf(this.#tree.text(this.#tree.root("etc/localtime")) ?? "");
      this.#known = { timeZone: zoneName(rule, utcOffsetSeconds), utcOffsetSeconds };
    }
    return { timeSeconds: nowMs / 1000, ...this.#known };
  }
}

/** A file of the time zone database ends in a line with the rule for times to come: RFC 8536, section 3.3. */
export function ruleOf(zoneFile: string): string {
  if (!zoneFile.startsWith("TZif") || !zoneFile.endsWith("\n")) return "";
  return zoneFile.slice(zoneFile.lastIndexOf("\n", zoneFile.length - 2) + 1, -1);
}

/**
 * The abbreviation that a rule such as "CET-1CEST,M3.5.0,M10.5.0/3" has for an offset. Numbers, as the time zone
 * database gives them to zones without abbreviation, where the rule has none: the agent may have been told another zone.
 */
export function zoneName(rule: string, utcOffsetSeconds: number): string {
  const [, standard, west = "", summer, summerWest] =
    new RegExp(`^(${NAME})(${OFFSET})(?:(${NAME})(${OFFSET})?)?`).exec(rule) ?? [];
  const standardOffset = eastOf(west);
  const summerOffset = summerWest === undefined ? standardOffset + HOUR : eastOf(summerWest);
  if (standard !== undefined && standardOffset === utcOffsetSeconds) return bare(standard);
  if (summer !== undefined && summerOffset === utcOffsetSeconds) return bare(summer);
  return utcOffsetSeconds === 0 ? "UTC" : numeric(utcOffsetSeconds);
}

/** Rules count towards the west, everybody else towards the east. */
function eastOf(west: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = west.replace(/^[+-]/, "").split(":").map(Number);
  const distance = hours * HOUR + minutes * 60 + seconds;
  return west.startsWith("-") ? distance : 0 - distance;
}

function bare(name: string): string {
  return name.replace(/[<>]/g, "");
}

function numeric(offset: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(Math.abs(offset) / 60);
  const text = `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}`;
  return minutes % 60 === 0 ? text : `${text}${two(minutes % 60)}`;
}
