import type { MetricSink } from "../../../core/mod.ts";
import type { DiskDevice } from "../../../protocol/mod.ts";

const FAMILIES: readonly (readonly [name: string, help: string, value: (device: DiskDevice) => number | undefined])[] =
  [
    ["read_errors", "Reads that failed.", (device) => device.readErrors],
    ["read_retries", "Reads that were tried once more.", (device) => device.readRetries],
    ["write_errors", "Writes that failed.", (device) => device.writeErrors],
    ["write_retries", "Writes that were tried once more.", (device) => device.writeRetries],
  ];

/**
 * What node_exporter has of disks on macOS only. Its read_sectors and written_sectors are left out: they are the number
 * of operations divided by the size of a block, which means nothing.
 */
export function darwinDiskMetrics(devices: readonly DiskDevice[], sink: MetricSink): void {
  for (const [name, help, value] of FAMILIES) {
    if (!sink.family(`node_disk_${name}_total`, "counter", help)) continue;
    for (const device of devices) sink.value(value(device), { device: device.name });
  }
}
