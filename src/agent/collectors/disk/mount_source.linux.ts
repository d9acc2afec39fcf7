import type { Mount } from "./mounts.ts";

/** Types that read a disk of this host or nothing at all; any other may wait for a server, or for a program. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(
  ("bcachefs btrfs cramfs efivarfs erofs exfat ext2 ext3 ext4 f2fs hfs hfsplus hugetlbfs iso9660 jffs2 jfs minix msdos " +
    "nilfs2 ntfs ntfs3 overlay ramfs reiserfs romfs rootfs squashfs tmpfs ubifs udf ufs vfat xfs zfs").split(" "),
);
const SHARE = /^\/\/([^/]+)\//; // "//server/share", as CIFS has it
const EXPORT = /^(.+?):\//; // "server:/export", as NFS and sshfs have it; "[fe80::1]:/export"

/** What answers for a mount. When it is silent about one of its mounts, it is no use to ask it about another. */
export interface MountSource {
  readonly name: string;
  /** False for what may wait for somebody outside of the kernel. */
  readonly local: boolean;
}

export function mountSource({ device, mountPoint, type }: Mount): MountSource {
  const local = LOCAL_TYPES.has(type);
  if (!local) {
    const server = SHARE.exec(device)?.[1] ?? EXPORT.exec(device)?.[1];
    if (server !== undefined) return { name: server, local };
  }
  // Names such as "tmpfs" and "overlay" say nothing: each of these mounts stands for itself.
  return { name: device.startsWith("/") ? device : mountPoint, local };
}
