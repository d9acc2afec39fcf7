import type { Labels, MetricSink } from "../../../core/mod.ts";
import type { DiskSample, MountUse } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { darwinDiskMetrics } from "./darwin_metrics.ts";
import { arrayMetrics } from "./metrics_arrays.ts";
import { deviceMetrics } from "./metrics_devices.ts";
import { windowsDiskMetrics } from "./windows_metrics.ts";

export function diskMetrics(sample: DiskSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") return windowsDiskMetrics(sample, sink);
  deviceMetrics(sample.devices, sink);
  if (naming === "darwin") darwinDiskMetrics(sample.devices, sink);
  mountMetrics(sample.mounts, sink);
  arrayMetrics(sample.arrays ?? [], sink);
}

const MOUNT_FAMILIES:
  readonly (readonly [name: string, help: string, value: (mount: MountUse) => number | undefined])[] = [
    ["avail_bytes", "Space that users without privileges can still write.", (mount) => mount.availableBytes],
    ["device_error", "Whether the file system could not be asked for its use.", (mount) => mount.error ? 1 : 0],
    ["files", "Inodes in all.", (mount) => mount.inodes],
    ["files_free", "Inodes that are free.", (mount) => mount.inodesFree],
    ["free_bytes", "Space that is free, with what is reserved for the administrator.", (mount) => mount.freeBytes],
    ["readonly", "Whether the file system is mounted for reading only.", (mount) => mount.readOnly ? 1 : 0],
    ["size_bytes", "Size of the file system.", (mount) => mount.sizeBytes],
  ];

function mountMetrics(mounts: readonly MountUse[], sink: MetricSink): void {
  const labels = mounts.map(({ device, type, mountPoint }): Labels => ({
    device,
    fstype: type,
    mountpoint: mountPoint,
  }));
  for (const [name, help, value] of MOUNT_FAMILIES) {
    if (!sink.family(`node_filesystem_${name}`, "gauge", help)) continue;
    mounts.forEach((mount, index) => sink.value(value(mount), labels[index]));
  }
}
