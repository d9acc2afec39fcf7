import { AppError } from "../../../core/mod.ts";
import { type DarwinMeasures, darwinMeasures, type DarwinMount } from "../../../platform/mod.ts";
import type { DiskSample, MountUse } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { nameFilter } from "../name_filter.ts";
import { awaitPart, withinTime } from "../reading/parts.ts";
import { IOREG, IOREG_ARGS, parseIoreg } from "./ioreg.ts";
import type { Answer, MountAsker } from "./mount_asker.ts";
import { mountChooser } from "./mounts.ts";

const IOREG_LIMIT_MS = 3_000;

/**
 * Written from Apple's documentation and never run on a Mac. getfsstat lists the mounts without asking any file system;
 * each is then asked for its numbers, and for one that does not answer the kernel's last ones count. A disk's counters
 * come from ioreg. What node_exporter leaves out by default (/dev, autofs) is left out as on Linux.
 */
export function darwinDisk(
  options: CollectorsConfig["disk"],
  { clock }: CollectorDeps,
  asker: MountAsker,
  measures: DarwinMeasures = darwinMeasures,
): Collector<DiskSample> {
  const choose = mountChooser(options);
  const isWanted = nameFilter({ include: options.devices, exclude: options.exclude_devices });
  const readMounts = async (signal: AbortSignal) => {
    const mounts = choose(measures.knownMounts()) as DarwinMount[]; // it gives those that it is given
    const questions = mounts.map(({ mountPoint, device, local }) => ({ path: mountPoint, source: device, local }));
    const answers = await asker.ask(questions, clock, signal);
    return mounts.map((mount) => mountUse(mount, answers.get(mount.mountPoint)));
  };
  const readDevices = (signal: AbortSignal) =>
    withinTime(clock, IOREG_LIMIT_MS, signal, (within) => measures.toolOutput(IOREG, IOREG_ARGS, within));
  return {
    async collect(signal): Promise<Reading<DiskSample>> {
      const problems: string[] = [];
      const [mounts, ioreg] = await Promise.all([
        awaitPart(problems, "file systems", () => readMounts(signal)),
        awaitPart(problems, "disks", () => readDevices(signal)),
      ]);
      if (mounts === undefined && ioreg === undefined) {
        throw new AppError("unavailable", problems.toSorted().join("; "));
      }
      for (const { problem } of mounts ?? []) if (problem !== undefined) problems.push(problem);
      const devices = parseIoreg(ioreg ?? "").filter(({ name }) => isWanted(name));
      return { sample: { mounts: (mounts ?? []).map(({ use }) => use), devices }, problems: problems.toSorted() };
    },
  };
}

function mountUse(
  { local: _local, ...known }: DarwinMount,
  answer: Answer | undefined,
): { readonly use: MountUse; readonly problem?: string } {
  if (answer?.use !== undefined) return { use: { ...known, ...answer.use } };
  const { error, cause } = answer ?? { error: "not asked", cause: "not asked" };
  return { use: { ...known, error }, problem: cause };
}
