import type { CgroupController, CgroupSupport } from "./halves.ts";

/** In the order in which they are told. */
export const CGROUP_CONTROLLERS: readonly CgroupController[] = ["memory", "cpu", "pids"];

/** That there are no control groups, and why. */
export function noCgroups(reason: string, advice = ""): CgroupSupport {
  const missing = Object.fromEntries(CGROUP_CONTROLLERS.map((controller) => [controller, reason]));
  return { what: "none", controllers: [], missing, reason, advice, base: "", isInBase: false };
}
