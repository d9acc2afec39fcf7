import { ruleOf, zoneName } from "../kernel/time_zone.ts";

const ZONES = "/zoneinfo/";
const MAX_NAME = 100;

/** The zone's name, from what /etc/localtime points to. */
export function zoneOfLink(link: string | null): string | undefined {
  const at = link?.lastIndexOf(ZONES) ?? -1;
  const name = at < 0 ? undefined : link?.slice(at + ZONES.length).replace(/^(?:posix|right)\//, "");
  return name && name.length <= MAX_NAME ? name : undefined;
}

/**
 * The short name that is in use at this offset, such as CEST, by the zone's file; undefined without one. The runtime
 * could tell it too, but its tables of languages would cost 1.6 MB of memory.
 */
export function shortZoneName(file: string, utcOffsetSeconds: number): string | undefined {
  return file === "" ? undefined : zoneName(ruleOf(file), utcOffsetSeconds);
}
