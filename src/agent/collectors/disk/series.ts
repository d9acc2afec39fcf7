import type { SeriesSpec } from "../contract.ts";

/** The most telling first: the memory for the past is bounded. */
export const DISK_SERIES: readonly SeriesSpec[] = [
  {
    name: "disk.used_percent",
    unit: "percent",
    help: "Space in use, of what is used and what is available to ordinary users.",
    instance: "mount",
  },
  {
    name: "disk.busy_percent",
    unit: "percent",
    help: "Time in which the disk had something to do.",
    instance: "device",
  },
  { name: "disk.read_bytes_per_second", unit: "bytes_per_second", help: "Read from the disk.", instance: "device" },
  { name: "disk.write_bytes_per_second", unit: "bytes_per_second", help: "Written to the disk.", instance: "device" },
  { name: "disk.used_bytes", unit: "bytes", help: "Space in use.", instance: "mount" },
  { name: "disk.inodes_used_percent", unit: "percent", help: "Inodes in use.", instance: "mount" },
  { name: "disk.reads_per_second", unit: "per_second", help: "Reads from the disk.", instance: "device" },
  { name: "disk.writes_per_second", unit: "per_second", help: "Writes to the disk.", instance: "device" },
  { name: "disk.queue", unit: "count", help: "Operations that wait or are under way, on average.", instance: "device" },
  { name: "disk.latency_seconds", unit: "seconds", help: "Time that a read or write takes.", instance: "device" },
];
