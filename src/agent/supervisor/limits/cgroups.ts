import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { type CgroupSupport, cgroupSupport, noCgroups, select } from "../../../platform/mod.ts";
import { linuxCgroups } from "./cgroups.linux.ts";
import type { Cgroups } from "./contract.ts";
import { noneEnforced } from "./limit_plan.ts";

export interface CgroupsOptions {
  /** `supervisor.cgroups`. */
  readonly enabled: boolean;
  /** Tells agents of one host apart, and is the same for the next agent here: short, of letters and digits. */
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The control groups of the supervised processes; without any where this host has none, or they are not wanted. */
export function createCgroups(options: CgroupsOptions): Cgroups {
  if (!options.enabled) return withoutCgroups(() => noCgroups("supervisor.cgroups is off", "Set it to true"));
  const without = () => withoutCgroups(cgroupSupport);
  return select<(options: CgroupsOptions) => Cgroups>({ linux: linuxCgroups, darwin: without, windows: without })(
    options,
  );
}

function withoutCgroups(support: () => CgroupSupport): Cgroups {
  const prepare: Cgroups["prepare"] = (_name, limits) => ({
    directory: "",
    enforced: [],
    failures: noneEnforced(limits, () => support().reason),
  });
  return {
    get available() {
      return support();
    },
    prepare,
    update: prepare,
    remove: () => 0,
    removeEmpty() {},
    close() {},
  };
}
