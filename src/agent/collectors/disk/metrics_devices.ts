import type { Labels, MetricSink, MetricType } from "../../../core/mod.ts";
import type { DiskDevice } from "../../../protocol/mod.ts";

type Family = readonly [
  name: string,
  type: MetricType,
  help: string,
  value: (device: DiskDevice) => number | undefined,
];
/** A metric that is 1 and says in its labels what a device is; only of devices of which the first fact is known. */
type InfoFamily = readonly [
  name: string,
  fact: string,
  help: string,
  labels: readonly (readonly [label: string, fact: string])[],
];

const FAMILIES: readonly Family[] = [
  ["discard_time_seconds_total", "counter", "Time that discards took.", (device) => device.discardSeconds],
  ["discarded_sectors_total", "counter", "Sectors that were discarded.", (device) => device.discardedSectors],
  ["discards_completed_total", "counter", "Discards that were completed.", (device) => device.discards],
  ["discards_merged_total", "counter", "Discards that were merged into others.", (device) => device.discardsMerged],
  ["flush_requests_time_seconds_total", "counter", "Time that flushes took.", (device) => device.flushSeconds],
  ["flush_requests_total", "counter", "Flushes that were completed.", (device) => device.flushes],
  ["io_now", "gauge", "Operations that are under way.", (device) => device.inProgress],
  ["io_time_seconds_total", "counter", "Time in which the disk had something to do.", (device) => device.busySeconds],
  [
    "io_time_weighted_seconds_total",
    "counter",
    "Time in which the disk had something to do, times the operations under way.",
    (device) => device.weightedSeconds,
  ],
  ["read_bytes_total", "counter", "Bytes that were read.", (device) => device.readBytes],
  ["read_time_seconds_total", "counter", "Time that reads took.", (device) => device.readSeconds],
  ["reads_completed_total", "counter", "Reads that were completed.", (device) => device.reads],
  ["reads_merged_total", "counter", "Reads that were merged into others.", (device) => device.readsMerged],
  ["write_time_seconds_total", "counter", "Time that writes took.", (device) => device.writeSeconds],
  ["writes_completed_total", "counter", "Writes that were completed.", (device) => device.writes],
  ["writes_merged_total", "counter", "Writes that were merged into others.", (device) => device.writesMerged],
  ["written_bytes_total", "counter", "Bytes that were written.", (device) => device.writtenBytes],
];

const ATA_FAMILIES: readonly Family[] = [
  [
    "ata_rotation_rate_rpm",
    "gauge",
    "Rotations of an ATA disk per minute; 0 for one that does not rotate.",
    (device) => numberOf(device, "ata_rotation_rate_rpm"),
  ],
  [
    "ata_write_cache",
    "gauge",
    "Whether an ATA disk has a write cache.",
    (device) => numberOf(device, "ata_write_cache"),
  ],
  [
    "ata_write_cache_enabled",
    "gauge",
    "Whether the write cache of an ATA disk is in use.",
    (device) => numberOf(device, "ata_write_cache_enabled"),
  ],
];

const MAPPER_INFO: InfoFamily = ["device_mapper_info", "dm_name", "What a mapped device is.", [
  ["lv_layer", "dm_lv_layer"],
  ["lv_name", "dm_lv_name"],
  ["name", "dm_name"],
  ["uuid", "dm_uuid"],
  ["vg_name", "dm_vg_name"],
]];
const FILE_SYSTEM_INFO: InfoFamily = ["filesystem_info", "fs_type", "What a device has on it.", [
  ["type", "fs_type"],
  ["usage", "fs_usage"],
  ["uuid", "fs_uuid"],
  ["version", "fs_version"],
]];

export function deviceMetrics(devices: readonly DiskDevice[], sink: MetricSink): void {
  const labels = devices.map(({ name }): Labels => ({ device: name }));
  families(ATA_FAMILIES, devices, labels, sink);
  infoFamily(MAPPER_INFO, devices, sink);
  families(FAMILIES.slice(0, 6), devices, labels, sink);
  infoFamily(FILE_SYSTEM_INFO, devices, sink);
  deviceInfo(devices, sink);
  families(FAMILIES.slice(6), devices, labels, sink);
}

function families(
  list: readonly Family[],
  devices: readonly DiskDevice[],
  labels: readonly Labels[],
  sink: MetricSink,
): void {
  for (const [name, type, help, value] of list) {
    if (!sink.family(`node_disk_${name}`, type, help)) continue;
    devices.forEach((device, index) => sink.value(value(device), labels[index]));
  }
}

/** Only what the system has numbered: elsewhere there is no such pair of numbers. */
function deviceInfo(devices: readonly DiskDevice[], sink: MetricSink): void {
  if (!sink.family("node_disk_info", "gauge", "What a disk is.")) return;
  for (const { name, major, minor, facts } of devices) {
    if (major === undefined || minor === undefined) continue;
    sink.value(1, {
      device: name,
      major: String(major),
      minor: String(minor),
      model: facts?.["model"] ?? "",
      path: facts?.["path"] ?? "",
      revision: facts?.["revision"] ?? "",
      serial: facts?.["serial"] ?? "",
      wwn: facts?.["wwn"] ?? "",
    });
  }
}

function infoFamily([name, first, help, labels]: InfoFamily, devices: readonly DiskDevice[], sink: MetricSink): void {
  if (!sink.family(`node_disk_${name}`, "gauge", help)) return;
  for (const { name: device, facts } of devices) {
    if (!facts?.[first]) continue;
    sink.value(1, { device, ...Object.fromEntries(labels.map(([label, fact]) => [label, facts[fact] ?? ""])) });
  }
}

function numberOf({ facts }: DiskDevice, fact: string): number | undefined {
  const text = facts?.[fact];
  const number = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
