import { type CoreTimes, type DarwinMeasures, darwinMeasures } from "../../../platform/mod.ts";
import type { CpuSample, CpuTimes } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";

/**
 * Written from Apple's documentation and never run on a Mac. The times come from Mach (host_processor_info), as
 * node_exporter's do; macOS counts neither context switches nor interrupts for programs.
 */
export function darwinCpu(
  _options: CollectorsConfig["cpu"],
  _deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
): Collector<CpuSample> {
  let facts: Partial<CpuSample> | null = null;
  return {
    collect() {
      facts ??= readFacts(measures);
      const bootMs = measures.bootTimeMs(); // it moves when the clock is set
      return {
        sample: {
          ...cpuUse(measures.coreTimes()),
          ...facts,
          ...(bootMs !== undefined && { bootSeconds: bootMs / 1000 }),
        },
        problems: [],
      };
    },
  };
}

function readFacts(measures: DarwinMeasures): Partial<CpuSample> {
  return {
    physicalCores: measures.sysctlNumber("hw.physicalcpu"),
    packages: measures.sysctlNumber("hw.packages"),
    model: measures.sysctlText("machdep.cpu.brand_string"),
    vendor: measures.sysctlText("machdep.cpu.vendor"), // Intel's only
  };
}

export function cpuUse(cores: readonly CoreTimes[]): Pick<CpuSample, "total" | "cores" | "logicalCores"> {
  const total: CpuTimes = { user: 0, nice: 0, system: 0, idle: 0 };
  for (const { user, nice, system, idle } of cores) {
    total.user += user;
    total.nice = (total.nice ?? 0) + nice;
    total.system += system;
    total.idle += idle;
  }
  return {
    ...(cores.length > 0 && { total }),
    cores: cores.map((times, core) => ({ id: String(core), times: { ...times } })),
    logicalCores: cores.length,
  };
}
