import { AppError } from "../../../core/mod.ts";
import { type VolumeUse, type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { DiskSample, MountUse } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { awaitPart } from "../reading/parts.ts";
import { DiskCounterReader } from "./disk_counters.windows.ts";
import { mountUse, VolumeAsker, volumeChoice } from "./volumes.windows.ts";

/** Only what has a letter can be opened for its counters, and only disks of this machine have any. */
const DRIVE = /^[A-Za-z]:$/;
const COUNTED_KINDS: ReadonlySet<VolumeUse["kind"]> = new Set(["fixed", "removable", "ramdisk"]);

/** One for the process: a stuck call outlives the collector that made it, when the config is read anew. */
let sharedAsker: VolumeAsker | undefined;

export function windowsDisk(
  options: CollectorsConfig["disk"],
  { clock }: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
  asker: VolumeAsker = sharedAsker ??= new VolumeAsker(measures),
): Collector<DiskSample> {
  const choice = volumeChoice(options);
  const counters = new DiskCounterReader(options, clock, measures);
  const readMounts = async (signal: AbortSignal, problems: string[]): Promise<MountUse[]> => {
    const volumes = measures.volumes().filter(({ root }) => choice.isNamed(root));
    const asked = await asker.ask(volumes, clock, signal);
    return asked.filter(({ volume, said }) => choice.isReported(volume.root, said)).map((one) => {
      const { use, problem } = mountUse(one);
      if (problem !== undefined) problems.push(problem);
      const isCounted = one.said !== undefined && COUNTED_KINDS.has(one.said.kind) && DRIVE.test(use.mountPoint);
      return isCounted ? counters.withCounters(use, problems) : use;
    });
  };
  return {
    async collect(signal): Promise<Reading<DiskSample>> {
      const problems: string[] = [];
      const mounts = await awaitPart(problems, "drives", () => readMounts(signal, problems));
      const devices = counters.disks(problems);
      if (mounts === undefined && devices === undefined) {
        throw new AppError("unavailable", `Cannot read disks: ${problems.join("; ")}`);
      }
      return { sample: { mounts: mounts ?? [], devices: devices ?? [] }, problems: [...new Set(problems)] };
    },
  };
}
