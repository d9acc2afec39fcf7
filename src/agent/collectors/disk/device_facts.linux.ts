import { join } from "node:path";
import type { TreeReader } from "../reading/tree_reader.ts";

export type DeviceFacts = Readonly<Record<string, string>>;

/** What udev calls what we call; of several the first that is known. https://man7.org/linux/man-pages/man8/udevadm.8.html */
const UDEV_FACTS: readonly (readonly [fact: string, ...properties: string[]])[] = [
  ["path", "ID_PATH"],
  ["model", "ID_MODEL"],
  ["serial", "SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"],
  ["wwn", "ID_WWN"],
  ["revision", "ID_REVISION"],
  ["vendor", "ID_VENDOR"],
  ["dm_name", "DM_NAME"],
  ["dm_uuid", "DM_UUID"],
  ["dm_vg_name", "DM_VG_NAME"],
  ["dm_lv_name", "DM_LV_NAME"],
  ["dm_lv_layer", "DM_LV_LAYER"],
  ["fs_type", "ID_FS_TYPE"],
  ["fs_usage", "ID_FS_USAGE"],
  ["fs_uuid", "ID_FS_UUID"],
  ["fs_version", "ID_FS_VERSION"],
  ["fs_label", "ID_FS_LABEL"],
  ["ata_write_cache", "ID_ATA_WRITE_CACHE"],
  ["ata_write_cache_enabled", "ID_ATA_WRITE_CACHE_ENABLED"],
  ["ata_rotation_rate_rpm", "ID_ATA_ROTATION_RATE_RPM"],
];
/** Where the kernel has it when udev, which a container or a small board lacks, has not. Below /sys/class/block/NAME. */
const KERNEL_FACTS: readonly (readonly [fact: string, directory: string, ...files: string[]])[] = [
  ["model", "device", "model", "name"],
  ["serial", "", "serial"],
  ["serial", "device", "serial"],
  ["wwn", "", "wwid"],
  ["wwn", "device", "wwid"],
  ["revision", "device", "rev", "firmware_rev", "fwrev"],
  ["dm_name", "dm", "name"],
  ["dm_uuid", "dm", "uuid"],
  ["rotational", "queue", "rotational"],
];
const LVM_UUID = "LVM-";
/** `dm-name` of a logical volume: hyphens within the names are doubled. */
const LVM_NAME = /^((?:[^-]|--)+)-((?:[^-]|--)+)(?:-([^-]+))?$/;

/** What the device is. All that is known of it now; the kernel and udev say it in small files, so it is to be kept. */
export function readDeviceFacts(
  tree: TreeReader,
  name: string,
  major: number | undefined,
  minor: number | undefined,
): DeviceFacts {
  const facts: Record<string, string> = {};
  const record = tree.text(tree.root("run/udev/data", `b${major ?? ""}:${minor ?? ""}`));
  if (record !== null) Object.assign(facts, udevFacts(record));
  const directory = tree.sys("class/block", name.replaceAll("/", "!"));
  const files = listerOf(tree, directory);
  for (const [fact, below, ...candidates] of KERNEL_FACTS) {
    for (const file of candidates) {
      if (facts[fact] !== undefined || !files(below).has(file)) continue;
      const value = tree.line(join(directory, below, file));
      if (value !== null) facts[fact] = value;
    }
  }
  facts["kind"] = kindOf(name, files("").has("partition"));
  return withVolumeNames(facts);
}

/** What is in a directory below one; to try files that are not there costs more, and most are not. */
function listerOf(tree: TreeReader, directory: string): (below: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  const top = new Set(tree.list(directory));
  return (below) => {
    if (below === "") return top;
    if (!top.has(below)) return new Set();
    let names = known.get(below);
    if (names === undefined) known.set(below, names = new Set(tree.list(join(directory, below))));
    return names;
  };
}

/** Parses a record of udev's database, `/run/udev/data/b<major>:<minor>`: lines such as `E:ID_MODEL=…`. */
export function udevFacts(record: string): DeviceFacts {
  const properties = new Map<string, string>();
  for (const line of record.split("\n")) {
    const equals = line.indexOf("=");
    if (line.startsWith("E:") && equals > 0) properties.set(line.slice(2, equals), line.slice(equals + 1));
  }
  const facts: Record<string, string> = {};
  for (const [fact, ...names] of UDEV_FACTS) {
    for (const name of names) {
      const value = properties.get(name);
      if (value) facts[fact] ??= value;
    }
  }
  return facts;
}

/** Reads the names of a logical volume off its device's name, where only the kernel told it. */
function withVolumeNames(facts: Record<string, string>): DeviceFacts {
  if (facts["dm_vg_name"] !== undefined || !facts["dm_uuid"]?.startsWith(LVM_UUID)) return facts;
  const [, group, volume, layer] = LVM_NAME.exec(facts["dm_name"] ?? "") ?? [];
  if (group === undefined || volume === undefined) return facts;
  facts["dm_vg_name"] = group.replaceAll("--", "-");
  facts["dm_lv_name"] = volume.replaceAll("--", "-");
  if (layer !== undefined) facts["dm_lv_layer"] = layer;
  return facts;
}

function kindOf(name: string, isPartition: boolean): string {
  if (isPartition) return "partition";
  if (name.startsWith("dm-")) return "mapped";
  if (/^md\d/.test(name)) return "raid";
  if (/^z?ram\d/.test(name)) return "memory";
  if (name.startsWith("loop")) return "loop";
  return /^sr\d/.test(name) ? "optical" : "disk";
}
