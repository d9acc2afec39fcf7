/** Where control groups are mounted, and which one we are in: https://man7.org/linux/man-pages/man7/cgroups.7.html */
export interface CgroupMounts {
  /** Of version 2; null where it is not mounted. */
  readonly unified: UnifiedMount | null;
  /** The controllers that version 1 has, which version 2 then cannot have. */
  readonly version1: ReadonlySet<string>;
}

export interface UnifiedMount {
  /** The directory. */
  readonly point: string;
  /** The group that is seen as its root: "/" but for what a container was given of its host's tree. */
  readonly root: string;
}

/** A host may have thousands of mounts, of which few are these. */
const MAX_LINES = 20_000;

/** `/proc/self/mountinfo`: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export function parseCgroupMounts(mountinfo: string): CgroupMounts {
  let unified: UnifiedMount | null = null;
  const version1 = new Set<string>();
  for (const line of mountinfo.split("\n", MAX_LINES)) {
    const separator = line.indexOf(" - ");
    if (separator < 0) continue;
    const [type, , options = ""] = line.slice(separator + 3).split(" ");
    if (type === "cgroup2") {
      const [, , , root, point] = line.slice(0, separator).split(" ");
      // The same tree may be mounted more than once; all of it is better than a part of it.
      if (root === undefined || point === undefined || unified?.root === "/") continue;
      unified ??= { root: unescape(root), point: unescape(point) };
      if (root === "/") unified = { root, point: unescape(point) };
    } else if (type === "cgroup") {
      for (const option of options.split(",")) version1.add(option);
    }
  }
  return { unified, version1 };
}

/** White space and backslashes are written as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** The group of version 2 that `/proc/PID/cgroup` tells; null where there is none. */
export function parseOwnGroup(text: string): string | null {
  const line = text.split("\n", 100).find((one) => one.startsWith("0::/"));
  return line?.slice("0::".length) ?? null;
}

/**
 * The directories from a group up to the mount's root, the group first; null for a group that is not below this mount,
 * as after a move into a namespace.
 */
export function groupDirectories({ point, root }: UnifiedMount, group: string): string[] | null {
  const below = root === "/" ? group : group === root || group.startsWith(`${root}/`) ? group.slice(root.length) : null;
  if (below === null) return null;
  const parts = below.split("/").filter((part) => part !== "");
  if (parts.includes("..") || parts.includes(".")) return null;
  const at = point === "/" ? "" : point;
  return [...parts.map((_, index) => `${at}/${parts.slice(0, parts.length - index).join("/")}`), point];
}
