import type { HostSelector } from "../../core/mod.ts";

/**
 * What the manager's rules come to for a host, as far as the console has to know it too, so that it can foretell what a
 * rule would do while it is being written. All of it is pure.
 */

/** Keys that are about a host and stay with the manager; hosts are not told them, and they are no part of the version. */
export const MANAGER_SETTINGS_PREFIX = "hosts.";

const BY_NAME = /(?:^|,)\s*name\s*=/;

/** Which rule wins: one by name over one by labels over one for all; among equals the one that was changed last. */
export function settingsRank(selector: HostSelector): number {
  if (selector.isEverything) return 0;
  return BY_NAME.test(selector.text) ? 2 : 1;
}

/**
 * A number that stands for what a host is to have set: equal for equal values, 0 for none. It is no count, so it is right
 * whether a rule, a label or the host's name has changed, and after a restart of the manager too.
 */
export function settingsVersion(values: Readonly<Record<string, unknown>>): number {
  const keys = Object.keys(values).sort();
  if (keys.length === 0) return 0;
  const text = JSON.stringify(keys.map((key) => [key, values[key]]));
  // Two hashes of 32 and 21 bits, by FNV-1a from different starts: together what a number holds exactly.
  const high = hash32(text, 0x811c9dc5) >>> 11;
  const low = hash32(text, 0x01000193) >>> 0;
  return Math.max(1, high * 2 ** 32 + low);
}

function hash32(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
