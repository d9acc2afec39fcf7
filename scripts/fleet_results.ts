/** The lines of the simulator's report. */
import type { Result } from "./bench_support.ts";
import type { ApiReport } from "./fleet_api.ts";
import type { Histogram } from "./fleet_histogram.ts";
import { loginRates } from "./fleet_logins.ts";
import type { FleetOptions } from "./fleet_options.ts";
import type { UseReport } from "./fleet_use.ts";
import type { FleetWindow } from "./fleet_workers.ts";
import type { MemoryUse } from "./process_use.ts";

const MEGA = 1e6;
const BUDGET = { hosts: 10_000, intervalMs: 10_000, p99Ms: 100, cpuPercent: 100, megabytes: 1_500 };

export function row(what: string, measured: number | null, unit: string, budget = ""): Result {
  return { what, measured: measured === null ? "none" : rounded(measured), unit, budget };
}

function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function spanRows(what: string, spans: Histogram, p99Budget = ""): Result[] {
  return [
    row(`${what}, p50`, spans.percentileMs(0.5), "ms"),
    row(`${what}, p90`, spans.percentileMs(0.9), "ms"),
    row(`${what}, p99`, spans.percentileMs(0.99), "ms", p99Budget),
    row(`${what}, longest`, spans.count === 0 ? null : spans.maxMs, "ms"),
  ];
}

/** What the fleet is held to where it is the one that the design speaks of. */
export function budgetOf({ hosts, intervalMs }: Pick<FleetOptions, "hosts" | "intervalMs">) {
  const holds = hosts === BUDGET.hosts && intervalMs === BUDGET.intervalMs;
  return {
    p99: holds ? `under ${BUDGET.p99Ms}` : "",
    cpu: holds ? `under ${BUDGET.cpuPercent}` : "",
    memory: holds ? `under ${BUDGET.megabytes}` : "",
  };
}

export function useRows(who: string, use: UseReport, cpuBudget = ""): Result[] {
  return [
    row(`${who}: CPU`, use.meanPercent, "% of a core", cpuBudget),
    row(`${who}: CPU, busiest second`, use.peakPercent, "% of a core"),
  ];
}

export function memoryRows(who: string, memory: MemoryUse, hosts: number, memoryBudget = ""): Result[] {
  return [
    row(`${who}: resident`, memory.rssBytes / MEGA, "MB", memoryBudget),
    row(`${who}: anonymous`, memory.anonymousBytes / MEGA, "MB"),
    row(`${who}: anonymous, each host`, memory.anonymousBytes / hosts / 1_000, "kB"),
  ];
}

export function loginRows(what: string, { logins }: FleetWindow): Result[] {
  const { count, peakPerSecond, meanPerSecond } = loginRates(logins);
  return [
    row(`${what}: logins`, count, ""),
    row(`${what}: logins, mean`, meanPerSecond, "a second"),
    row(`${what}: logins, busiest second`, peakPerSecond, "a second"),
  ];
}

export function apiRows({ pages, pongs, liveMessages, liveBytes, failures }: ApiReport, seconds: number): Result[] {
  return [
    ...spanRows("GET /api/v1/hosts, 100 of them", pages),
    ...spanRows("live connection, ping", pongs),
    row("live connection: messages", liveMessages / seconds, "a second"),
    row("live connection: characters", liveBytes / seconds / 1_000, "thousands a second"),
    ...[...failures].map(([reason, count]) => row(`API: ${reason}`, count, "times")),
  ];
}
