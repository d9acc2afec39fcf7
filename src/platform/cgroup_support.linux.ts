import { CGROUP_CONTROLLERS, noCgroups } from "./cgroup_absence.ts";
import type { CgroupController, CgroupSupport, CgroupView } from "./halves.ts";
import { groupDirectories, parseCgroupMounts, parseOwnGroup } from "./linux/cgroup_paths.ts";
import { extendedAttribute } from "./linux/extended_attributes.ts";

const BOOT_UNIFIED = "Boot with systemd.unified_cgroup_hierarchy=1, or on a system that has only version 2";
const USER_UNIT = "Run the agent as a systemd service (a user service has a group of its own), or as root";
const WRITABLE = "Mount /sys/fs/cgroup writable for the agent";
const SUBGROUP = "Add Delegate=yes and DelegateSubgroup=agent to the agent's systemd unit (systemd 254 or later)";

/** What systemd marks a group with when it leaves it to the service: the second where the first cannot be set. */
const DELEGATION_MARKS = ["trusted.delegate", "user.delegate"] as const;

const realView: CgroupView = {
  read: (path) => tolerant(() => Deno.readTextFileSync(path)),
  // Opened and closed again: the kernel's own answer, which knows of read-only mounts and of capabilities.
  canWrite(path) {
    const file = tolerant(() => Deno.openSync(path, { write: true }));
    file?.close();
    return file !== null;
  },
  attribute: extendedAttribute,
};

/** Looks with the given eyes; tests have their own. */
export function linuxCgroupSupport(view: CgroupView = realView): CgroupSupport {
  const { unified, version1 } = parseCgroupMounts(view.read("/proc/self/mountinfo") ?? "");
  if (unified === null) return noCgroups("version 2 of control groups is not mounted", BOOT_UNIFIED);
  const own = parseOwnGroup(view.read("/proc/self/cgroup") ?? "");
  const directories = own === null ? null : groupDirectories(unified, own);
  if (directories === null) {
    return noCgroups(`the agent's own control group cannot be seen below ${unified.point}`);
  }
  const writable = leading(directories, (directory) => isWritable(view, directory));
  const base = chooseBase(view, writable, unified.point);
  if (base === undefined) return notWritable(view, directories);
  return describe(view, base, { own: directories[0] ?? "", mount: unified.point, version1 });
}

/**
 * Who may move a process into a group must also be able to write the innermost group that has both where it was and
 * where it goes; so what counts is how far up from the agent's own group everything can be written. The highest of
 * these is taken, beside what started the agent and not below it: there nobody else keeps processes in the same group,
 * which would forbid limits; systemd can start the agent again, which it cannot in a group that has groups with
 * limits; and it does not end the programs together with the agent. Only where systemd has put the agent below what
 * it left to it, is that used.
 */
function chooseBase(view: CgroupView, writable: readonly string[], mount: string): string | undefined {
  const highest = writable.at(-1);
  if (highest !== mount) return highest;
  return writable.slice(1, -1).find((directory) => isDelegated(view, directory)) ?? highest;
}

function isDelegated(view: CgroupView, directory: string): boolean {
  return DELEGATION_MARKS.some((mark) => view.attribute(directory, mark) === "1");
}

function isWritable(view: CgroupView, directory: string): boolean {
  return ["cgroup.procs", "cgroup.subtree_control"].every((file) => view.canWrite(`${directory}/${file}`));
}

function notWritable(view: CgroupView, [own = ""]: readonly string[]): CgroupSupport {
  if (view.read(`${own}/cgroup.procs`) === null) return noCgroups(`the agent's control group ${own} cannot be read`);
  return noCgroups(`the agent may not write its control group ${own}`, isRoot() ? WRITABLE : USER_UNIT);
}

interface Surroundings {
  readonly own: string;
  readonly mount: string;
  readonly version1: ReadonlySet<string>;
}

function describe(view: CgroupView, base: string, around: Surroundings): CgroupSupport {
  const there = words(view.read(`${base}/cgroup.controllers`));
  const switchedOn = words(view.read(`${base}/cgroup.subtree_control`));
  const tenants = tenantsOf(view, base, around);
  const missing: Partial<Record<CgroupController, string>> = {};
  const controllers = CGROUP_CONTROLLERS.filter((controller) => {
    const reason = there.has(controller)
      ? (switchedOn.has(controller) ? null : tenants.problem)
      : whyNotThere(view, controller, base, around);
    if (reason !== null) missing[controller] = reason;
    return reason === null;
  });
  return {
    what: controllers.length > 0 ? "controllers" : "group-only",
    controllers,
    missing,
    reason: summary(missing),
    advice: adviceFor(missing, tenants, around),
    base,
    isInBase: tenants.areWeAlone,
  };
}

interface Tenants {
  /** Nobody else is in the group, so that it is free once the agent has moved down. */
  readonly areWeAlone: boolean;
  /** Why controllers cannot be switched on below this group; null when they can. */
  readonly problem: string | null;
}

/** But for the root of all groups, one that has processes of its own cannot limit groups below it. */
function tenantsOf(view: CgroupView, base: string, { own, mount }: Surroundings): Tenants {
  const isRealRoot = base === mount && view.read(`${base}/cgroup.type`) === null;
  const pids = isRealRoot ? [] : [...words(view.read(`${base}/cgroup.procs`))];
  if (pids.length === 0) return { areWeAlone: false, problem: null };
  const others = pids.filter((pid) => pid !== String(Deno.pid));
  if (others.length > 0 || base !== own) {
    return { areWeAlone: false, problem: `other processes are in the control group ${base}` };
  }
  // In a container nobody will start the agent anew in this group; systemd would, and could not while programs run.
  if (base === mount) return { areWeAlone: true, problem: null };
  return { areWeAlone: false, problem: `the agent itself is in the control group ${base} that was left to it` };
}

function whyNotThere(view: CgroupView, controller: CgroupController, base: string, around: Surroundings): string {
  if (around.version1.has(controller)) return "version 1 of control groups has it on this host";
  if (base !== around.mount && words(view.read(`${around.mount}/cgroup.controllers`)).has(controller)) {
    return `it was not left to the agent in ${base}`;
  }
  return "this kernel, or what the agent may see of it, does not have it";
}

function adviceFor(missing: CgroupSupport["missing"], { problem }: Tenants, around: Surroundings): string {
  const absent = Object.keys(missing);
  if (absent.length === 0) return "";
  if (absent.some((controller) => around.version1.has(controller))) return BOOT_UNIFIED;
  if (problem !== null) return around.own === around.mount ? "Run the agent alone in its container" : SUBGROUP;
  return "Add Delegate=yes to the systemd unit that the agent runs in, or switch them on at boot: cgroup_enable=memory";
}

/** "memory, cpu: version 1 of control groups has it on this host". */
function summary(missing: CgroupSupport["missing"]): string {
  const byReason = Map.groupBy(Object.entries(missing), ([, reason]) => reason);
  return [...byReason].map(([reason, list]) => `${list.map(([controller]) => controller).join(", ")}: ${reason}`)
    .join("; ");
}

function words(text: string | null): Set<string> {
  return new Set((text ?? "").split(/\s+/).filter((word) => word !== ""));
}

function leading<T>(list: readonly T[], holds: (item: T) => boolean): T[] {
  const end = list.findIndex((item) => !holds(item));
  return list.slice(0, end < 0 ? list.length : end);
}

function isRoot(): boolean {
  return Deno.uid() === 0;
}

/** What is not there or may not be opened is absent; whoever asks says so. */
function tolerant<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null; // a file of the kernel fails in many ways, all of which mean that it is not for us
  }
}
