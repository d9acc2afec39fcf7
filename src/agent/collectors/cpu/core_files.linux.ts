import type { Clock } from "../../../core/mod.ts";
import type { CpuCore } from "../../../protocol/mod.ts";
import { count } from "../reading/counts.ts";
import type { TreeReader } from "../reading/tree_reader.ts";

const HERTZ_PER_KILOHERTZ = 1000;
/** Part of the time between two readings that these files may take, within bounds. */
const BUDGET = 0.002;
const MIN_BUDGET_MS = 2;
const MAX_BUDGET_MS = 25;
/** What could not be read again for so long is not true any more. */
const MAX_AGE_MS = 5 * 60_000;

type Fact = "coreId" | "packageId" | "minHertz" | "maxHertz" | "governors" | "isolated";
type Value =
  | "hertz"
  | "measuredHertz"
  | "scalingMinHertz"
  | "scalingMaxHertz"
  | "governor"
  | "coreThrottles"
  | "packageThrottles";
export type CoreFacts = Pick<CpuCore, Fact>;
export type CoreValues = Pick<CpuCore, Value>;

interface Watched {
  readonly folder: string;
  readonly scales: boolean;
  readonly throttles: boolean;
  readonly facts: CoreFacts;
  /** The logical cores that share this one's physical core, as the kernel lists them; "" when it does not tell. */
  readonly siblings: string;
  values: CoreValues;
  readMs: number;
}

/**
 * The files of each core in /sys/devices/system/cpu. A host may have hundreds of cores, and on some kernels a core's
 * frequency takes 10 ms of waiting; so what changes is read of as many cores as fit into a small part of the time, in
 * turn. On most hosts that is all of them at each reading; on virtual machines there is nothing to read.
 */
export class CoreFiles {
  readonly #tree: TreeReader;
  readonly #clock: Clock;
  #cores: ReadonlyMap<string, Watched> = new Map();
  #changing: readonly Watched[] = [];
  #next = 0;
  #lastMs = 0;

  constructor(tree: TreeReader, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
  }

  /** Looks at what does not change while the set of cores does not. */
  watch(ids: readonly string[]): void {
    const isolated = parseCoreList(this.#tree.text(this.#tree.sys("devices/system/cpu/isolated")) ?? "");
    this.#cores = new Map(ids.map((id) => [id, this.#look(id, isolated.has(Number(id)))]));
    this.#changing = [...this.#cores.values()].filter(({ scales, throttles }) => scales || throttles);
    this.#next = 0;
  }

  facts(id: string): CoreFacts | undefined {
    return this.#cores.get(id)?.facts;
  }

  values(id: string): CoreValues | undefined {
    return this.#cores.get(id)?.values;
  }

  /** Physical cores and packages; undefined where the kernel does not tell of every core. */
  counts(): { readonly physicalCores: number | undefined; readonly packages: number | undefined } {
    const cores = [...this.#cores.values()];
    const siblings = new Set(cores.map((core) => core.siblings));
    const packages = new Set(cores.map(({ facts }) => facts.packageId));
    return {
      physicalCores: siblings.has("") || cores.length === 0 ? undefined : siblings.size,
      packages: packages.has(undefined) || cores.length === 0 ? undefined : packages.size,
    };
  }

  /** Reads what changes, of as many cores as there is time for. */
  refresh(): void {
    if (this.#changing.length === 0) return;
    const startMs = this.#clock.monotonicMs();
    const budgetMs = Math.min(MAX_BUDGET_MS, Math.max(MIN_BUDGET_MS, (startMs - this.#lastMs) * BUDGET));
    this.#lastMs = startMs;
    let nowMs = startMs;
    for (let done = 0; done < this.#changing.length && nowMs - startMs <= budgetMs; done++) {
      const core = this.#changing[this.#next % this.#changing.length];
      this.#next = (this.#next + 1) % this.#changing.length;
      if (core === undefined) break;
      core.values = this.#read(core);
      core.readMs = nowMs = this.#clock.monotonicMs();
    }
    for (const core of this.#changing) if (nowMs - core.readMs > MAX_AGE_MS) core.values = {};
  }

  #look(id: string, isolated: boolean): Watched {
    const tree = this.#tree;
    const folder = tree.sys("devices/system/cpu", `cpu${id}`);
    const parts = new Set(tree.list(folder));
    const topology = parts.has("topology");
    const scales = parts.has("cpufreq");
    const governors = scales ? tree.line(`${folder}/cpufreq/scaling_available_governors`)?.split(/\s+/) : undefined;
    return {
      folder,
      scales,
      throttles: parts.has("thermal_throttle"),
      siblings: topology ? tree.line(`${folder}/topology/thread_siblings_list`) ?? "" : "",
      facts: {
        coreId: topology ? this.#id(`${folder}/topology/core_id`) : undefined,
        packageId: topology ? this.#id(`${folder}/topology/physical_package_id`) : undefined,
        minHertz: scales ? this.#hertz(folder, "cpuinfo_min_freq") : undefined,
        maxHertz: scales ? this.#hertz(folder, "cpuinfo_max_freq") : undefined,
        governors,
        isolated: isolated || undefined,
      },
      values: {},
      readMs: 0,
    };
  }

  #read({ folder, scales, throttles }: Watched): CoreValues {
    const throttled = (name: string) => throttles ? this.#count(`${folder}/thermal_throttle/${name}`) : undefined;
    const hertz = (name: string) => scales ? this.#hertz(folder, name) : undefined;
    return {
      hertz: hertz("scaling_cur_freq"),
      measuredHertz: hertz("cpuinfo_cur_freq"),
      scalingMinHertz: hertz("scaling_min_freq"),
      scalingMaxHertz: hertz("scaling_max_freq"),
      governor: scales ? this.#tree.line(`${folder}/cpufreq/scaling_governor`) ?? undefined : undefined,
      coreThrottles: throttled("core_throttle_count"),
      packageThrottles: throttled("package_throttle_count"),
    };
  }

  /** An id of the topology; the kernel writes -1 where the firmware gave none. */
  #id(path: string): string | undefined {
    const id = this.#tree.line(path);
    return id !== null && count(id) !== undefined ? id : undefined;
  }

  /** Some drivers write "<unknown>". */
  #hertz(folder: string, name: string): number | undefined {
    const kilohertz = this.#count(`${folder}/cpufreq/${name}`);
    return kilohertz === undefined ? undefined : kilohertz * HERTZ_PER_KILOHERTZ;
  }

  #count(path: string): number | undefined {
    return count(this.#tree.line(path) ?? "");
  }
}

/** The kernel's form of a set of cores: "0-3,8". */
export function parseCoreList(text: string): ReadonlySet<number> {
  const cores = new Set<number>();
  for (const part of text.trim().split(",")) {
    const [first, last = first] = part.split("-").map(count);
    if (first === undefined || last === undefined || last - first > 8192) continue;
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return cores;
}
