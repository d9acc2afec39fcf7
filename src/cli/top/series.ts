/** The points that the view shows, in the collectors' names of them. What else it shows is in the samples. */
export const SERIES = {
  cpuUsage: "cpu.usage_percent",
  cpuUser: "cpu.user_percent",
  cpuSystem: "cpu.system_percent",
  cpuWait: "cpu.iowait_percent",
  cpuSteal: "cpu.steal_percent",
  mountUsed: "disk.used_percent",
  diskRead: "disk.read_bytes_per_second",
  diskWrite: "disk.write_bytes_per_second",
  diskBusy: "disk.busy_percent",
  networkIn: "network.receive_bytes_per_second",
  networkOut: "network.transmit_bytes_per_second",
  networkErrors: "network.errors_per_second",
  supervisedCpu: "processes.cpu_percent",
} as const;

export type Series = (typeof SERIES)[keyof typeof SERIES];
