import type {
  AgentStatus,
  HealthReport,
  LogLevelState,
  ReloadReport,
  StopReport,
  StopRequest,
} from "../../protocol/mod.ts";

/** What the control API needs of the rest of the agent; compose.ts supplies it. */
export interface ControlPorts {
  status(signal: AbortSignal): Promise<AgentStatus>;
  health(): HealthReport;
  reload(): Promise<ReloadReport>;
  logLevel(): LogLevelState;
  setLogLevel(level: LogLevelState["level"]): void;
  /** Begins to stop the agent; resolves when all but the control API itself has stopped or was given up. */
  stop(request: StopRequest, signal: AbortSignal): Promise<StopReport>;
}
