import { AppError } from "../../../core/mod.ts";
import type { DiskSample, MountUse, RaidArray } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { type HeldFile } from "../reading/tree_reader.ts";
import { DeviceReader } from "./devices.linux.ts";
import { parseMdstat } from "./mdstat.linux.ts";
import type { MountAsker, Question } from "./mount_asker.ts";
import { mountSource } from "./mount_source.linux.ts";
import { type Mount, mountChooser, mountsOfRoot, parseMounts } from "./mounts.ts";

/** How long a host without software RAID is left alone; its driver may be loaded later. */
const LOOK_FOR_ARRAYS_MS = 5 * 60_000;
const MAX_PROBLEMS = 20;

export function linuxDisk(
  options: CollectorsConfig["disk"],
  deps: CollectorDeps,
  asker: MountAsker,
): Collector<DiskSample> {
  const mounts = new MountReader(options, deps, asker);
  const devices = new DeviceReader(options, deps.tree, deps.clock);
  const arrays = new ArrayReader(deps);
  return {
    async collect(signal) {
      const found = devices.read();
      const problems: string[] = found === null ? [deps.tree.reason(deps.tree.proc("diskstats"))] : [];
      const uses = await mounts.read(signal);
      if (found === null && uses.sample.length === 0 && uses.problems.length > 0) {
        throw new AppError("unavailable", `Cannot read disks: ${[...uses.problems, ...problems].join("; ")}`);
      }
      const raid = arrays.read();
      return {
        sample: { mounts: uses.sample, devices: found ?? [], ...(raid === null ? {} : { arrays: raid }) },
        problems: [...uses.problems, ...problems],
      };
    },
    close() {
      mounts.close();
      devices.close();
    },
  };
}

/** Reads the list of mounts and asks each how full it is. */
class MountReader {
  readonly #deps: CollectorDeps;
  readonly #asker: MountAsker;
  readonly #choose: (mounts: readonly Mount[]) => Mount[];
  /** The host's first process sees what the host sees; we may be in a namespace of our own. */
  readonly #files: readonly HeldFile[];
  #text = "";
  #questions: readonly (Question & { readonly mount: Mount })[] = [];

  constructor(options: CollectorsConfig["disk"], deps: CollectorDeps, asker: MountAsker) {
    this.#deps = deps;
    this.#asker = asker;
    this.#choose = mountChooser(options);
    this.#files = ["1/mounts", "self/mounts"].map((file) => deps.tree.hold(deps.tree.proc(file)));
  }

  async read(signal: AbortSignal): Promise<Reading<MountUse[]>> {
    const { tree, clock } = this.#deps;
    const text = this.#files[0]?.text() || this.#files[1]?.text();
    if (!text) return { sample: [], problems: [tree.reason(tree.proc("self/mounts"))] };
    if (text !== this.#text) this.#learn(text);
    const answers = await this.#asker.ask(this.#questions, clock, signal);
    const problems = new Set<string>();
    const sample = this.#questions.map(({ mount, path }): MountUse => {
      const answer = answers.get(path);
      if (answer?.use !== undefined) return { ...mount, ...answer.use };
      if (answer === undefined) return { ...mount, error: "not asked" };
      problems.add(answer.cause);
      return { ...mount, error: answer.error };
    });
    return { sample, problems: bounded([...problems]) };
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #learn(text: string): void {
    const { tree } = this.#deps;
    this.#text = text;
    const chosen = this.#choose(mountsOfRoot(parseMounts(text), tree.roots.root));
    this.#questions = chosen.map((mount) => {
      const { name, local } = mountSource(mount);
      return { mount, path: tree.root(mount.mountPoint), source: name, local };
    });
  }
}

/** Software RAID, which most hosts do not have. */
class ArrayReader {
  readonly #deps: CollectorDeps;
  #lookAgainMs = -Infinity;

  constructor(deps: CollectorDeps) {
    this.#deps = deps;
  }

  /** Null where there is none. */
  read(): RaidArray[] | null {
    const { tree, clock } = this.#deps;
    if (clock.monotonicMs() < this.#lookAgainMs) return null;
    const text = tree.text(tree.proc("mdstat"));
    if (text !== null) return parseMdstat(text);
    this.#lookAgainMs = clock.monotonicMs() + LOOK_FOR_ARRAYS_MS;
    return null;
  }
}

/** A lost server may have hundreds of mounts. */
function bounded(problems: readonly string[]): readonly string[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), "and more mounts that do not tell their use"];
}
