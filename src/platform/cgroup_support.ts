import { noCgroups } from "./cgroup_absence.ts";
import { linuxCgroupSupport } from "./cgroup_support.linux.ts";
import type { CgroupSupport } from "./halves.ts";
import { select } from "./select.ts";

/** What this host lets the agent do with control groups. Looks only: nothing is made, and nobody is moved. */
export function cgroupSupport(): CgroupSupport {
  const absent = () => noCgroups("control groups are of Linux alone");
  return select<() => CgroupSupport>({ linux: linuxCgroupSupport, darwin: absent, windows: absent })();
}
