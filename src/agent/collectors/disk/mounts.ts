import { nameFilter } from "../name_filter.ts";
import { chooser } from "./choice.ts";

export interface Mount {
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly readOnly: boolean;
}

export interface MountOptions {
  readonly mount_points: readonly string[];
  readonly exclude_mount_points: readonly string[];
  readonly exclude_types: readonly string[];
}

/** Both as node_exporter has them, so that a host has the same series with either. */
const PSEUDO_MOUNT_POINT =
  /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const PSEUDO_TYPES: ReadonlySet<string> = new Set(
  ("autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs fusectl hugetlbfs iso9660 mqueue nsfs " +
    "overlay proc procfs pstore rpc_pipefs securityfs selinuxfs squashfs sysfs tracefs").split(" "),
);
/** The kernel writes white space, backslash and "#" as \ooo, nothing else. */
const ESCAPED = /\\([01][0-7]{2})/g;

/** Parses /proc/PID/mounts: a line that has not all fields is left out. */
export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const [device, mountPoint, type, options] = line.split(" ");
    if (!device || !mountPoint || !type || options === undefined) continue;
    mounts.push({
      device: unescape(device),
      mountPoint: unescape(mountPoint),
      type,
      readOnly: options.split(",").includes("ro"),
    });
  }
  return mounts;
}

/**
 * The mounts as they are named on the host that has its file system at `root`. A container that has it there sees its
 * own mounts besides, which are none of the host's; a list in which nothing lies below `root` is the host's own.
 */
export function mountsOfRoot(mounts: readonly Mount[], root: string): readonly Mount[] {
  if (root === "/") return mounts;
  const below = mounts.filter(({ mountPoint }) => mountPoint === root || mountPoint.startsWith(`${root}/`));
  if (below.length === 0) return mounts;
  return below.map((mount) => ({ ...mount, mountPoint: mount.mountPoint.slice(root.length) || "/" }));
}

/** Makes the choice among mounts: each at most once, in the order in which they were mounted. */
export function mountChooser(options: MountOptions): (mounts: readonly Mount[]) => Mount[] {
  const named = new Set(options.mount_points);
  const isChosen = chooser(
    options.mount_points,
    options.exclude_mount_points,
    (mountPoint) => PSEUDO_MOUNT_POINT.test(mountPoint),
  );
  const isChosenType = nameFilter({ include: [], exclude: options.exclude_types });
  return (mounts) => {
    const found = new Map<string, Mount>();
    for (const mount of mounts) {
      if (!isChosen(mount.mountPoint) || !isChosenType(mount.type)) continue;
      if (PSEUDO_TYPES.has(mount.type) && !named.has(mount.mountPoint)) continue;
      // The later of two alike lies on top of the other.
      found.set(`${mount.device}\0${mount.mountPoint}\0${mount.type}`, mount);
    }
    return [...found.values()];
  };
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(ESCAPED, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
