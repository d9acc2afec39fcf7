/** What a supervised program says of itself, in whatever form it came. */
export interface Beat {
  readonly pid?: number;
  readonly status?: string;
  readonly version?: string;
  readonly cpuPercent?: number;
  readonly memoryBytes?: number;
  /** sd_notify's READY=1. */
  readonly ready?: boolean;
  /** False for a notification that says something else and is no sign of life by itself, such as STATUS= alone. */
  readonly isAlive: boolean;
}

/** What heartbeats need of the supervisor. */
export interface HeartbeatPorts {
  /** Whether there is such a process, and whether it runs now. */
  find(id: string): "running" | "not_running" | "unknown";
  beat(id: string, beat: Beat): void;
}
