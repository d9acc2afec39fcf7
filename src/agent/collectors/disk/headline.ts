import type { DiskDevice, MountUse } from "../../../protocol/mod.ts";

/** In memory, or a view of something else: worth a metric, but no line in a chart of disks. */
const MINOR_TYPES: ReadonlySet<string> = new Set(
  ("devtmpfs efivarfs fuse.gvfsd-fuse fuse.lxcfs fuse.portal fuse.snapfuse ramfs rootfs squashfs tmpfs").split(" "),
);

/** The file systems that fill up: each once, under its shortest mount point, though it may be mounted in many places. */
export function headlineMounts(mounts: readonly MountUse[]): MountUse[] {
  const shortest = new Map<string, MountUse>();
  for (const mount of mounts) {
    if (MINOR_TYPES.has(mount.type) || mount.sizeBytes === 0) continue;
    const key = sharedName(mount);
    const known = shortest.get(key);
    if (known === undefined || mount.mountPoint.length < known.mountPoint.length) shortest.set(key, mount);
  }
  return [...shortest.values()];
}

/** Disks that were ever used, whole ones first: what lies on them is counted there as well. */
export function headlineDevices(devices: readonly DiskDevice[]): DiskDevice[] {
  const used = devices.filter(({ reads, writes, facts }) => {
    return facts?.["kind"] !== "partition" && (reads !== 0 || writes !== 0);
  });
  return [...used.filter(isWhole), ...used.filter((device) => !isWhole(device))];
}

/** A device or an export stands for itself; a name such as "overlay" for nothing. */
function sharedName({ device, mountPoint }: MountUse): string {
  return device.includes("/") ? device : mountPoint;
}

function isWhole({ facts }: DiskDevice): boolean {
  const kind = facts?.["kind"];
  return kind === undefined || kind === "disk";
}
