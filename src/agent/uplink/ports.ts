import type {
  DynamicSettings,
  HostFacts,
  HostHeartbeat,
  ProcessBrief,
  ProcessEvent,
  SampleRow,
} from "../../protocol/mod.ts";

/** What the uplink needs of the rest of the agent; compose_uplink.ts supplies it. */
export interface UplinkPorts {
  /** Answers what the manager asks for through the tunnel; `policyGate` stands before it. */
  serve(request: Request): Promise<Response> | Response;
  readonly samples: SamplesPort;
  readonly processes: ProcessesPort;
  readonly settings: SettingsPort;
  /** What this host is; `towards` is the manager's host name. */
  facts(towards: string, signal: AbortSignal): Promise<HostFacts>;
  health(): Pick<HostHeartbeat, "state" | "reason">;
  /** Of the host; undefined where it is not known. */
  uptimeMs(): number | undefined;
  /** A tunnel is there: what could not be told can be told now. */
  linked(): void;
  /** Told how long the manager took to answer a heartbeat; for measuring. */
  answered?(ms: number): void;
  /** The component's own state, told whenever it changes. */
  onState(state: "ok" | "degraded", reason: string): void;
}

export interface SamplesPort {
  /** The latest reading of each of these series, in their order; null when there is none. */
  latest(series: readonly string[]): SampleRow | null;
  /** What is remembered of a time, a row for each step in which something was measured, oldest first. */
  past(series: readonly string[], span: { fromMs: number; toMs: number; stepMs: number }): SampleRow[];
}

export interface ProcessesPort {
  briefs(): ProcessBrief[];
  /** Events after that number, oldest first, and the number of the latest there is. */
  eventsAfter(seq: number, limit: number): { readonly events: readonly ProcessEvent[]; readonly last: number };
  /** Calls back at each event of any process; the result ends it. */
  onEvent(listener: () => void): () => void;
}

export interface SettingsPort {
  /** Of those from this manager that are in force; 0 for none. */
  version(managerId: string): number;
  /** Whether those that are in force, if any, are this manager's. */
  isOf(managerId: string): boolean;
  /** Puts them in force and remembers them; rejects with `invalid_config` for what this host cannot be set to. */
  apply(settings: DynamicSettings, managerId: string): Promise<void>;
}
