import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { Launcher, ProcessIdentity, ProcessTree } from "../../../platform/mod.ts";
import type { NewProcessEvent, ProcessUsage } from "../../../protocol/mod.ts";
import type { KeptLogs } from "../logs/contract.ts";
import type { OnProbeResult, RunningProbe } from "../probes/contract.ts";
import type { MatchSpec, ProbeTarget, ProbeTiming, ProcessSpec } from "../spec/process_spec.ts";
import type { Handle } from "../store/store.ts";
import type { Marks } from "./marks.ts";

export interface ProbeStart {
  readonly probe: "readiness" | "liveness";
  readonly target: ProbeTarget;
  readonly timing: ProbeTiming;
  readonly startPeriodMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whose commands these are; "" for the agent's own. */
  readonly user: string;
  readonly onResult: OnProbeResult;
}

/** A control group, or "" where there is none; and what of the limits holds in it, in words. */
export interface PreparedGroup {
  readonly directory: string;
  readonly applied: readonly string[];
  readonly problems: readonly string[];
  /** The memory limit that nobody but the agent sees to; 0 for none. */
  readonly watchedMemoryBytes: number;
  readonly ulimits: Readonly<Record<string, string>>;
}

export const NO_GROUP: PreparedGroup = { directory: "", applied: [], problems: [], watchedMemoryBytes: 0, ulimits: {} };

/** What one supervised process needs of everything around it. */
export interface UnitServices {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly launcher: Launcher;
  readonly marks: Marks;
  /** The variables that every program gets. */
  readonly baseEnv: Readonly<Record<string, string>>;
  startProbe(options: ProbeStart): RunningProbe;
  /** Calls back at the first line of its output that matches. */
  awaitLine(id: string, pattern: RegExp, onMatch: (line: string) => void): () => void;
  keepLogs(logs: KeptLogs): void;
  saveHandle(handle: Handle): void;
  dropHandle(id: string): void;
  record(event: NewProcessEvent): void;
  prepareGroup(name: string, spec: ProcessSpec): PreparedGroup;
  /** Puts the limits of a spec in force for a group that has processes. */
  updateGroup(directory: string, spec: ProcessSpec): PreparedGroup;
  /** Gives how many of its processes the kernel has killed for want of memory. */
  removeGroup(directory: string): number;
  /** The socket that sd_notify messages of this process come to; undefined where there can be none. */
  openNotify(spec: ProcessSpec): string | undefined;
  closeNotify(id: string): void;
  openHeartbeats(spec: ProcessSpec): void;
  closeHeartbeats(id: string): void;
  /** The process that the agent has not started itself; null when there is none now. */
  find(match: MatchSpec): ProcessIdentity | null;
  /** One process of a tree; it is verified to be that very one. */
  signalOne(identity: ProcessIdentity, signal: Deno.Signal): void;
  /** The latest measurement. */
  usage(id: string): ProcessUsage | undefined;
  /** What must be there before this process may start, in words; null when all is. */
  waitsFor(spec: ProcessSpec): string | null;
  /** The state of this process, or what it waits for, has changed. */
  changed(id: string): void;
}

/** One program that is there. */
export interface Run {
  readonly run: string;
  readonly identity: ProcessIdentity;
  readonly tree: ProcessTree;
  /** Wall clock, for people. */
  readonly startedMs: number;
  readonly startedMonotonicMs: number;
  readonly isAdopted: boolean;
}
