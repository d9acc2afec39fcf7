import { AppError } from "../../../core/mod.ts";
import type { ContainerSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { findHierarchies, type Hierarchies } from "./hierarchies.linux.ts";
import { readCpu, readCpuSeconds, readMemory, readPids } from "./readings.linux.ts";

/** After so many readings it is looked anew which files the groups have: controllers can be switched on. */
const READINGS_BETWEEN_LOOKS = 60;

/**
 * The limits of the control group that the agent is in. A limit of any group around it holds too, so for each resource
 * the tightest on the way to the root is told.
 */
export function linuxContainer(
  _options: CollectorsConfig["container"],
  { tree }: CollectorDeps,
): Collector<ContainerSample> {
  const path = tree.proc("self", "cgroup");
  const file = tree.hold(path);
  let known: { readonly text: string; readonly hierarchies: Hierarchies } | null = null;
  let readings = 0;
  const look = (text: string) => {
    known?.hierarchies.close();
    return known = { text, hierarchies: findHierarchies(tree, text) };
  };
  return {
    collect(): Reading<ContainerSample> {
      const text = file.text();
      if (text === null) {
        throw new AppError("unavailable", `Cannot read the agent's control group: ${tree.reason(path)}`);
      }
      const isFresh = known?.text === text && readings % READINGS_BETWEEN_LOOKS !== 0;
      const { hierarchies } = isFresh && known !== null ? known : look(text);
      readings++;
      const { memory, cpu, pids } = hierarchies;
      // A kernel without control groups has no limits. One with them may set some that cannot be seen from here.
      const isHidden = (memory ?? cpu ?? pids) === undefined && hierarchies.path !== undefined &&
        hierarchies.path !== "/";
      const problems = isHidden ? [`${tree.sys("fs/cgroup")}: the control groups are not there`] : [];
      return { sample: sampleOf(hierarchies), problems };
    },
    close() {
      known?.hierarchies.close();
      file.close();
    },
  };
}

function sampleOf({ path, memory, cpu, cpuacct, pids }: Hierarchies): ContainerSample {
  const { limitedPath, ...cpuUse } = cpu === undefined ? { limitedPath: undefined } : readCpu(cpu);
  return {
    cgroupVersion: (memory ?? cpu ?? pids)?.version,
    path,
    ...(memory === undefined ? {} : readMemory(memory)),
    ...cpuUse,
    cpuSeconds: cpuacct === undefined ? undefined : readCpuSeconds(cpuacct, limitedPath),
    ...(pids === undefined ? {} : readPids(pids)),
  };
}
