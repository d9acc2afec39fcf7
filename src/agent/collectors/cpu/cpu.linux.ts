import { AppError } from "../../../core/mod.ts";
import type { CpuCore, CpuSample, CpuTimes } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, CreateCollector, Reading } from "../contract.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";
import { CoreFiles } from "./core_files.linux.ts";
import { type CpuInfo, parseCpuinfo } from "./cpuinfo.linux.ts";
import { parseProcStat, type ProcStat } from "./proc_stat.linux.ts";
import { parseSchedstat, type Scheduled } from "./schedstat.linux.ts";
import { SteadyTimes } from "./steady_times.ts";

const ALL = "all";
const NO_SCHEDSTAT: ReadonlyMap<string, Scheduled> = new Map();

export const linuxCpu: CreateCollector<CollectorsConfig["cpu"], CpuSample> = (_options, deps) => new LinuxCpu(deps);

class LinuxCpu implements Collector<CpuSample> {
  readonly #tree: TreeReader;
  readonly #stat: HeldFile;
  readonly #files: CoreFiles;
  readonly #steady = new SteadyTimes();
  #schedstat: HeldFile | null = null;
  /** The cores for which the rest was looked up. */
  #cores = "";
  #info: CpuInfo | null = null;
  #counts: Pick<CpuSample, "physicalCores" | "packages"> = {};
  /** What is wrong with that which is looked up seldom. */
  #lasting: readonly string[] = [];

  constructor({ tree, clock }: CollectorDeps) {
    this.#tree = tree;
    this.#stat = tree.hold(tree.proc("stat"));
    this.#files = new CoreFiles(tree, clock);
  }

  collect(): Reading<CpuSample> {
    const path = this.#tree.proc("stat");
    const text = this.#stat.text();
    if (text === null) {
      throw new AppError("unavailable", `Cannot read the processor's times: ${this.#tree.reason(path)}`);
    }
    const stat = parseProcStat(text);
    if (stat.total === undefined && stat.cores.length === 0) {
      throw new AppError("unavailable", `Cannot read the processor's times: ${path} has none`);
    }
    this.#lookUp(stat);
    this.#files.refresh();
    const problems = stat.total === undefined
      ? [...this.#lasting, `total: ${path} has no line of all cores`]
      : this.#lasting;
    return { sample: this.#sample(stat), problems };
  }

  close(): void {
    this.#stat.close();
    this.#schedstat?.close();
  }

  #sample(stat: ProcStat): CpuSample {
    const scheduled = this.#scheduled();
    return {
      total: stat.total === undefined ? undefined : this.#steady.steady(ALL, stat.total),
      cores: stat.cores.map(({ id, times }) => this.#core(id, times, scheduled.get(id))),
      logicalCores: stat.cores.length,
      ...this.#counts,
      model: this.#info?.model,
      vendor: this.#info?.vendor,
      contextSwitches: stat.contextSwitches,
      interrupts: stat.interrupts,
      forks: stat.forks,
      running: stat.running,
      blocked: stat.blocked,
      bootSeconds: stat.bootSeconds,
    };
  }

  #core(id: string, times: CpuTimes | undefined, scheduled: Scheduled | undefined): CpuCore {
    const facts = this.#files.facts(id);
    const place = this.#info?.places.get(id);
    return {
      id,
      times: times === undefined ? undefined : this.#steady.steady(id, times),
      ...facts,
      coreId: facts?.coreId ?? place?.coreId,
      packageId: facts?.packageId ?? place?.packageId,
      ...this.#files.values(id),
      scheduled,
    };
  }

  #scheduled(): ReadonlyMap<string, Scheduled> {
    const text = this.#schedstat?.text() ?? null;
    return text === null ? NO_SCHEDSTAT : parseSchedstat(text);
  }

  /** What stays the same is looked up again when a core has come or gone. */
  #lookUp({ cores }: ProcStat): void {
    const ids = cores.map(({ id }) => id);
    const key = ids.join();
    if (this.#info !== null && key === this.#cores) return;
    this.#cores = key;
    this.#files.watch(ids);
    const path = this.#tree.proc("cpuinfo");
    const text = this.#tree.text(path);
    this.#lasting = text === null ? [`model: ${this.#tree.reason(path)}`] : [];
    this.#info = withBoardName(parseCpuinfo(text ?? ""), this.#tree);
    this.#counts = this.#countCores(ids, this.#info);
    this.#schedstat?.close();
    this.#schedstat = heldIfThere(this.#tree, this.#tree.proc("schedstat"));
  }

  /** By the topology in /sys, which every architecture has; else by /proc/cpuinfo, where it tells of every core. */
  #countCores(ids: readonly string[], { places }: CpuInfo): Pick<CpuSample, "physicalCores" | "packages"> {
    const { physicalCores, packages } = this.#files.counts();
    const all = ids.length > 0 && ids.every((id) => places.has(id));
    const found = all ? ids.map((id) => places.get(id)) : [];
    return {
      physicalCores: physicalCores ??
        (all ? new Set(found.map((place) => `${place?.packageId} ${place?.coreId}`)).size : undefined),
      packages: packages ?? (all ? new Set(found.map((place) => place?.packageId)).size : undefined),
    };
  }
}

/** A board is known by its own name where its processor has none. */
function withBoardName(info: CpuInfo, tree: TreeReader): CpuInfo {
  if (info.model !== undefined) return info;
  const board = tree.text(tree.sys("firmware/devicetree/base/model")) ?? tree.text(tree.proc("device-tree/model"));
  const name = board?.replaceAll("\0", "").trim();
  return name ? { ...info, model: name } : info;
}

/** Few kernels are built with some files; looking for one that is not there costs more than reading one that is. */
function heldIfThere(tree: TreeReader, path: string): HeldFile | null {
  const file = tree.hold(path);
  return file.text() === null ? null : file;
}
