/** Something about a process's log files that its owner should know; told once, when it begins or ends. */
export interface LogEvent {
  readonly process: string;
  readonly level: "info" | "warn";
  readonly reason: string;
}
export type OnLogEvent = (event: LogEvent) => void;
