import type { CgroupSupport } from "../../../platform/mod.ts";
import type { LimitSpec } from "../spec/process_spec.ts";

/** The limits on a whole tree of processes, in the order in which they are told. */
export const LIMIT_NAMES = ["memory", "cpu", "tasks"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** The control group of one process, and what came of its limits. */
export interface LimitedGroup {
  /** "" where there is none. */
  readonly directory: string;
  /** The limits that the kernel sees to. */
  readonly enforced: readonly LimitName[];
  /** Why each other limit that is asked for is not among them. */
  readonly failures: Readonly<Partial<Record<LimitName, string>>>;
}

/** Gives each process a control group of its own, where there are any. Nothing is done before the first is asked for. */
export interface Cgroups {
  readonly available: CgroupSupport;
  /** Makes the group of this name, or takes the one that is there, and puts the limits in force. Never throws. */
  prepare(name: string, limits: LimitSpec): LimitedGroup;
  /** Puts other limits in force for a group that may have processes: after a reload, or of an earlier agent. */
  update(directory: string, limits: LimitSpec): LimitedGroup;
  /**
   * Takes a group away; one that still has processes later, when they have ended. A directory not ours is left alone.
   * Gives how many of its processes the kernel has killed for want of memory.
   */
  remove(directory: string): number;
  /** Takes away what an earlier agent has left without processes. */
  removeEmpty(): void;
  /** Takes away the empty groups; those with processes stay for the next agent. */
  close(): void;
}
