import type { Pressure, PressureSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { percentOfTime } from "../rates.ts";
import { pressureMetrics } from "./metrics.ts";
import { linuxPressure } from "./pressure.linux.ts";

/** Each is computed from the totals, so that it covers the whole time since the reading before. */
const SHARES: readonly {
  readonly series: string;
  readonly resource: keyof PressureSample;
  readonly share: keyof Pressure;
  readonly help: string;
}[] = [
  {
    series: "pressure.cpu_waiting_percent",
    resource: "cpu",
    share: "some",
    help: "Part of the time in which a task waited for a core.",
  },
  {
    series: "pressure.memory_waiting_percent",
    resource: "memory",
    share: "some",
    help: "Part of the time in which a task waited for memory.",
  },
  {
    series: "pressure.memory_stalled_percent",
    resource: "memory",
    share: "full",
    help: "Part of the time in which all tasks waited for memory.",
  },
  {
    series: "pressure.io_waiting_percent",
    resource: "io",
    share: "some",
    help: "Part of the time in which a task waited for a disk.",
  },
  {
    series: "pressure.io_stalled_percent",
    resource: "io",
    share: "full",
    help: "Part of the time in which all tasks waited for disks.",
  },
  {
    series: "pressure.irq_stalled_percent",
    resource: "irq",
    share: "full",
    help: "Part of the time in which tasks were held up by interrupts.",
  },
];

export const pressureCollector: CollectorSpec<CollectorsConfig["pressure"], PressureSample> = {
  name: "pressure",
  halves: { linux: linuxPressure },
  readAtScrape: true,
  series: SHARES.map(({ series, help }) => ({ name: series, unit: "percent" as const, help })),
  points(current, before, elapsedSeconds, emit) {
    for (const { series, resource, share } of SHARES) {
      const now = current[resource]?.[share]?.totalSeconds;
      emit(series, percentOfTime(now, before?.[resource]?.[share]?.totalSeconds, elapsedSeconds));
    }
  },
  metrics: pressureMetrics,
};
