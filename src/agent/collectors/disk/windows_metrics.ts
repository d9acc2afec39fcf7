import type { MetricSink, MetricType } from "../../../core/mod.ts";
import type { DiskDevice, DiskSample, MountUse, VolumeCounters } from "../../../protocol/mod.ts";

/** What both volumes and disks count, in the order of names. The time of all requests together is their latency too. */
const COUNTERS: readonly (readonly [
  name: string,
  type: MetricType,
  help: string,
  value: (counters: VolumeCounters) => number | undefined,
])[] = [
  ["idle_seconds_total", "counter", "Time in which there was nothing to do.", ({ idleSeconds }) => idleSeconds],
  ["read_bytes_total", "counter", "Bytes that were read.", ({ readBytes }) => readBytes],
  ["read_latency_seconds_total", "counter", "Time that all reads together took.", ({ readSeconds }) => readSeconds],
  ["read_seconds_total", "counter", "Time that all reads together took.", ({ readSeconds }) => readSeconds],
  [
    "read_write_latency_seconds_total",
    "counter",
    "Time that all reads and writes together took.",
    ({ readSeconds, writeSeconds }) =>
      readSeconds === undefined || writeSeconds === undefined ? undefined : readSeconds + writeSeconds,
  ],
  ["reads_total", "counter", "Reads that were completed.", ({ reads }) => reads],
  ["requests_queued", "gauge", "Requests that wait or are under way.", ({ inProgress }) => inProgress],
  ["split_ios_total", "counter", "Requests that were split into several.", ({ splits }) => splits],
  ["write_bytes_total", "counter", "Bytes that were written.", ({ writtenBytes }) => writtenBytes],
  ["write_latency_seconds_total", "counter", "Time that all writes together took.", ({ writeSeconds }) => writeSeconds],
  ["write_seconds_total", "counter", "Time that all writes together took.", ({ writeSeconds }) => writeSeconds],
  ["writes_total", "counter", "Writes that were completed.", ({ writes }) => writes],
];

/** As windows_exporter's collectors logical_disk and physical_disk name them. */
export function windowsDiskMetrics({ mounts, devices }: DiskSample, sink: MetricSink): void {
  mountMetrics(mounts, sink);
  counterMetrics(
    "windows_logical_disk",
    mounts.map(({ mountPoint, counters = {} }) => ({ labels: { volume: mountPoint }, counters })),
    sink,
  );
  counterMetrics(
    "windows_physical_disk",
    devices.map((device) => ({ labels: { disk: diskNumber(device) }, counters: device })),
    sink,
  );
}

function mountMetrics(mounts: readonly MountUse[], sink: MetricSink): void {
  const gauge = (name: string, help: string, value: (mount: MountUse) => number | undefined) => {
    if (!mounts.some((mount) => value(mount) !== undefined)) return;
    sink.family(`windows_logical_disk_${name}`, "gauge", help);
    for (const mount of mounts) sink.value(value(mount), { volume: mount.mountPoint });
  };
  gauge("free_bytes", "Space that is free.", ({ freeBytes }) => freeBytes);
  if (mounts.length > 0) {
    sink.family("windows_logical_disk_info", "gauge", "What a volume is; the value is always 1.");
    for (const { mountPoint, type, label, facts } of mounts) {
      sink.value(1, {
        disk: facts?.["disks"] ?? "",
        filesystem: type,
        serial_number: facts?.["serial_number"] ?? "",
        type: facts?.["kind"] ?? "unknown",
        volume: mountPoint,
        volume_name: label ?? "",
      });
    }
  }
  gauge("readonly", "Whether a volume can only be read.", ({ readOnly }) => Number(readOnly));
  gauge("size_bytes", "Size of a volume.", ({ sizeBytes }) => sizeBytes);
}

function counterMetrics(
  prefix: string,
  counted: readonly { readonly labels: Readonly<Record<string, string>>; readonly counters: VolumeCounters }[],
  sink: MetricSink,
): void {
  for (const [name, type, help, value] of COUNTERS) {
    if (!counted.some(({ counters }) => value(counters) !== undefined)) continue;
    sink.family(`${prefix}_${name}`, type, help);
    for (const { labels, counters } of counted) sink.value(value(counters), labels);
  }
}

function diskNumber({ name }: DiskDevice): string {
  return name.replace(/^PhysicalDrive/, "");
}
