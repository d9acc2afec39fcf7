import type { NetworkSample } from "../../../protocol/mod.ts";
import { forEachLine } from "../reading/counts.ts";

/** The columns of /proc/net/softnet_stat that mean something, by node_exporter's names: net/core/net-procfs.c. */
const SOFTNET: readonly (readonly [name: string, column: number])[] = [
  ["processed", 0],
  ["dropped", 1],
  ["times_squeezed", 2],
  ["cpu_collision", 8],
  ["received_rps", 9],
  ["flow_limit_count", 10],
  ["backlog_len", 11],
];
/** Since Linux 5.10; before, a processor that is off leaves no line and the numbers behind it are one too small. */
const CPU_COLUMN = 12;
/** Counts of one thing per processor, in /proc/net/stat/nf_conntrack, that are summed; the rest is not reported. */
const CONNTRACK = [
  "found",
  "invalid",
  "ignore",
  "insert",
  "insert_failed",
  "drop",
  "early_drop",
  "search_restart",
];

export type Softnet = NonNullable<NetworkSample["softnet"]>;

export function parseSoftnet(text: string): Softnet {
  const found: Softnet = [];
  const cpus = new Set<string>();
  forEachLine(text, (start, end) => {
    const values = hexNumbers(text.slice(start, end));
    const cpu = String(values[CPU_COLUMN] ?? found.length);
    if (values.length === 0 || cpus.has(cpu)) return;
    const counters: Record<string, number> = {};
    for (const [name, column] of SOFTNET) {
      const value = values[column];
      if (value !== undefined) counters[name] = value;
    }
    cpus.add(cpu);
    found.push({ cpu, counters });
  });
  return found;
}

/** Connections that are tracked, and what became of packets; `entries` is the same number in each line. */
export interface ConntrackStat {
  readonly entries?: number | undefined;
  readonly counters: Readonly<Record<string, number>>;
}

/** A heading, and a line of hexadecimal numbers for each processor; columns have changed between kernels. */
export function parseConntrackStat(text: string): ConntrackStat {
  const [heading = "", ...lines] = text.split("\n");
  const names = heading.trim().split(/\s+/);
  const rows = lines.map(hexNumbers).filter((row) => row.length > 0);
  const counters: Record<string, number> = {};
  for (const name of CONNTRACK) {
    const sum = columnSum(rows, names.indexOf(name));
    if (sum !== undefined) counters[name] = sum;
  }
  const entries = names[0] === "entries" ? rows[0]?.[0] : undefined;
  return { entries, counters };
}

/** Neighbours by interface, from the lines of /proc/net/arp: the last of six columns names it. */
export function neighbourReader(isWanted: (name: string) => boolean, into: Record<string, number>) {
  return (line: string): void => {
    const [, device] = /^\d{1,3}(?:\.\d{1,3}){3}\s+0x[\da-f]+\s+0x[\da-f]+\s+\S+\s+\S+\s+(\S+)\s*$/.exec(line) ?? [];
    if (device !== undefined && isWanted(device)) into[device] = (into[device] ?? 0) + 1;
  };
}

/** A sum of which one part is unknown is unknown. */
function columnSum(rows: readonly (readonly (number | undefined)[])[], column: number): number | undefined {
  if (column < 0 || rows.length === 0) return undefined;
  let sum = 0;
  for (const row of rows) {
    const value = row[column];
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}

function hexNumbers(line: string): (number | undefined)[] {
  const words = line.trim();
  if (words === "") return [];
  return words.split(/\s+/).map((word) => /^[\da-f]{1,8}$/.test(word) ? parseInt(word, 16) : undefined);
}
