import { type ProcessorTimes, type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { CpuCore, CpuSample, CpuTimes } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { WideCounters } from "../reading/wide_counters.ts";
import { SteadyTimes } from "./steady_times.ts";

const PROCESSOR_KEY = "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0";

/** The kernel's own counters by core; none of the performance library's, whose loading costs megabytes. */
export function windowsCpu(
  _options: CollectorsConfig["cpu"],
  _deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<CpuSample> {
  return new WindowsCpu(measures);
}

type Facts = Pick<CpuSample, "model" | "vendor" | "description" | "physicalCores" | "packages"> & {
  readonly places: ReadonlyMap<string, { readonly core?: number; readonly package?: number }>;
  readonly problems: readonly string[];
};

class WindowsCpu implements Collector<CpuSample> {
  readonly #measures: WindowsMeasures;
  readonly #steady = new SteadyTimes();
  readonly #wide = new WideCounters();
  /** The cores for which the facts were looked up. */
  #cores = "";
  #facts: Facts | null = null;

  constructor(measures: WindowsMeasures) {
    this.#measures = measures;
  }

  collect(): Reading<CpuSample> {
    const times = this.#measures.processorTimes();
    const facts = this.#factsOf(times);
    const problems = [...facts.problems];
    const part = <T>(what: string, read: () => T) => readPart(problems, what, read);
    const counters = part("context switches", this.#measures.performanceCounters);
    const bootMs = part("time of the start", this.#measures.bootTimeMs);
    const hertz = part("frequencies", () => this.#frequencies(times));
    const cores = times.map((core) => this.#core(core, facts, hertz));
    const { places: _places, problems: _problems, ...known } = facts;
    return {
      sample: {
        total: sumOfTimes(cores),
        cores,
        logicalCores: cores.length,
        ...known,
        contextSwitches: this.#wide.next("context switches", counters?.contextSwitches),
        interrupts: sumOfInterrupts(cores),
        bootSeconds: bootMs === undefined ? undefined : bootMs / 1000,
      },
      problems,
    };
  }

  #core(core: ProcessorTimes, { places }: Facts, frequencies: Frequencies | undefined): CpuCore {
    const id = idOf(core);
    const [place, frequency] = [places.get(id), frequencies?.get(core.number)];
    return {
      id,
      times: this.#steady.steady(id, timesOf(core)),
      coreId: numberText(place?.core),
      packageId: numberText(place?.package),
      hertz: frequency?.hertz,
      maxHertz: frequency?.maxHertz,
      interrupts: this.#wide.next(id, core.interrupts),
    };
  }

  /** On a host with several processor groups Windows tells those of one, without saying which. */
  #frequencies(times: readonly ProcessorTimes[]): Frequencies {
    if (times.some(({ group }) => group > 0)) return new Map();
    return new Map(this.#measures.processorFrequencies(times.length).map((found) => [found.number, found]));
  }

  /** What stays the same is looked up again when a core has come or gone. */
  #factsOf(times: readonly ProcessorTimes[]): Facts {
    const cores = times.map(idOf).join(" ");
    if (this.#facts === null || cores !== this.#cores) this.#facts = readFacts(this.#measures);
    this.#cores = cores;
    return this.#facts;
  }
}

type Frequencies = ReadonlyMap<number, { readonly hertz?: number; readonly maxHertz?: number }>;

function readFacts(measures: WindowsMeasures): Facts {
  const problems: string[] = [];
  const topology = readPart(problems, "physical cores and packages", measures.processorTopology);
  const text = (name: string) => readPart(problems, "model", () => measures.registryText(PROCESSOR_KEY, name));
  return {
    places: topology?.places ?? new Map(),
    physicalCores: topology?.cores || undefined,
    packages: topology?.packages || undefined,
    model: text("ProcessorNameString"),
    vendor: text("VendorIdentifier"),
    description: text("Identifier"),
    problems: [...new Set(problems)],
  };
}

/** The kernel's time has idle time, interrupts and deferred calls in it; here no second is counted twice. */
export function timesOf(core: ProcessorTimes): CpuTimes {
  const { userSeconds, kernelSeconds, idleSeconds, interruptSeconds, dpcSeconds } = core;
  return {
    user: userSeconds,
    system: Math.max(0, kernelSeconds - idleSeconds - interruptSeconds - dpcSeconds),
    idle: idleSeconds,
    irq: interruptSeconds,
    softirq: dpcSeconds,
  };
}

function sumOfTimes(cores: readonly CpuCore[]): CpuTimes | undefined {
  if (cores.length === 0) return undefined;
  const total = { user: 0, system: 0, idle: 0, irq: 0, softirq: 0 };
  for (const { times } of cores) {
    total.user += times?.user ?? 0;
    total.system += times?.system ?? 0;
    total.idle += times?.idle ?? 0;
    total.irq += times?.irq ?? 0;
    total.softirq += times?.softirq ?? 0;
  }
  return total;
}

/** Absent when one core's is: a sum without it would be wrong. */
function sumOfInterrupts(cores: readonly CpuCore[]): number | undefined {
  let total = 0;
  for (const { interrupts } of cores) {
    if (interrupts === undefined) return undefined;
    total += interrupts;
  }
  return cores.length === 0 ? undefined : total;
}

function idOf({ group, number }: ProcessorTimes): string {
  return `${group},${number}`;
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
