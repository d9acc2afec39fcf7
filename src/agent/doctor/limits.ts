import {
  CGROUP_CONTROLLERS,
  type CgroupController,
  type CgroupSupport,
  cgroupSupport,
  isPrivileged,
  missingLaunchTools,
} from "../../platform/mod.ts";
import { type Finding, ok, unsupported, warning } from "./finding.ts";

const LIMITS: Readonly<Record<CgroupController, string>> = { memory: "memory", cpu: "cpu", pids: "tasks" };

/**
 * Which limits on whole processes the kernel enforces here. What is missing is a warning only to who can help it: a
 * user without privileges is told, and can do without.
 */
export function limitsFinding(support: CgroupSupport = cgroupSupport(), privileged = isPrivileged()): Finding {
  const name = "limits";
  const { controllers, base, reason, advice } = support;
  const enforced = controllers.map((controller) => LIMITS[controller]);
  const lacking = CGROUP_CONTROLLERS.filter((controller) => !controllers.includes(controller));
  const detail = [
    ...(enforced.length > 0 ? [`${enforced.join(", ")} by control groups below ${base}`] : []),
    ...(support.what === "group-only" ? [`processes are kept together in control groups below ${base}`] : []),
    ...(lacking.length > 0 ? [`not enforced: ${lacking.map((one) => LIMITS[one]).join(", ")} (${reason})`] : []),
    ...(lacking.includes("memory") ? ["memory limits are kept by measuring"] : []),
  ].join("; ");
  if (lacking.length === 0) return ok(name, detail);
  if (privileged && advice !== "") return warning(name, detail, advice);
  return unsupported(name, advice === "" ? detail : `${detail}. ${advice}`);
}

/** Whether what starting a program under another user, with ulimits or a priority takes is there. */
export function launchFinding(missing: string[] | null = missingLaunchTools(), privileged = isPrivileged()): Finding {
  const name = "start tools";
  if (missing === null) return unsupported(name, "user and nice of a process are not set on this system");
  if (missing.length === 0) return ok(name, "setpriv, prlimit and nice are there: user, ulimits and nice can be set");
  const detail = missing.join("\n");
  // Who is not root cannot set a user, nor much of the others, and keeps what works without.
  if (!privileged) return ok(name, detail);
  return warning(name, detail, "Install util-linux, which has setpriv and prlimit, and coreutils, which has nice");
}
