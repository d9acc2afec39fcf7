import type { MetricFamily } from "../../../protocol/mod.ts";
import { seriesKey } from "../user_metrics/family_table.ts";

/** What one file held. */
export interface FileFamilies {
  readonly path: string;
  readonly families: readonly MetricFamily[];
}

export interface Merged {
  readonly families: MetricFamily[];
  /** One for each family of a file that does not fit those of the files before it, and was left out. */
  readonly conflicts: string[];
}

/** All series together that a scrape carries from this collector. */
const MAX_SERIES = 20_000;
const MAX_PATHS_IN_HELP = 3;

interface Entry {
  readonly type: MetricFamily["type"];
  readonly help: string;
  /** The files that it is in. */
  readonly paths: string[];
  values: MetricFamily["values"];
}

/**
 * Puts the families of all files together. The same one may be in several files when type and help agree, or no help
 * was given, and no series is in two of them; what does not fit is left out, in favour of the files before it.
 */
export function mergeFiles(files: readonly FileFamilies[], maxSeries = MAX_SERIES): Merged {
  const entries = new Map<string, Entry>();
  const conflicts: string[] = [];
  let series = 0;
  for (const { path, families } of files) {
    for (const family of families) {
      const known = entries.get(family.name);
      const conflict = series + family.values.length > maxSeries
        ? `there are more than ${maxSeries} series in all files together`
        : known === undefined
        ? null
        : disagreement(known, family);
      if (conflict !== null) conflicts.push(`${path}: ${family.name} is left out: ${conflict}`);
      else {
        series += family.values.length;
        entries.set(family.name, known === undefined ? newEntry(family, path) : extended(known, family, path));
      }
    }
  }
  return { families: [...entries].map(([name, entry]) => asFamily(name, entry)), conflicts };
}

function newEntry({ type, help, values }: MetricFamily, path: string): Entry {
  return { type, help, paths: [path], values };
}

/** The values that came from a file belong to it, so they are copied before they are added to. */
function extended(entry: Entry, { help, values }: MetricFamily, path: string): Entry {
  return { ...entry, help: entry.help || help, paths: [...entry.paths, path], values: [...entry.values, ...values] };
}

function disagreement(entry: Entry, family: MetricFamily): string | null {
  const first = entry.paths[0] ?? "";
  if (entry.type !== family.type) return `it is a ${entry.type} in ${first}, and a ${family.type} here`;
  if (entry.help !== "" && family.help !== "" && entry.help !== family.help) return `its HELP is another in ${first}`;
  const there = new Set(entry.values.map(keyOf));
  return family.values.some((value) => there.has(keyOf(value))) ? `${first} has the same labels` : null;
}

function keyOf({ suffix = "", labels }: MetricFamily["values"][number]): string {
  return seriesKey(suffix, labels);
}

function asFamily(name: string, { type, help, paths, values }: Entry): MetricFamily {
  return { name, type, help: help || defaultHelp(paths), values };
}

function defaultHelp(paths: readonly string[]): string {
  const more = paths.length - MAX_PATHS_IN_HELP;
  return `Read from ${paths.slice(0, MAX_PATHS_IN_HELP).join(", ")}${more > 0 ? ` and ${more} more files` : ""}.`;
}
