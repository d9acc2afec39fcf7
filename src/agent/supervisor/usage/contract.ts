import type { ProcessTree } from "../../../platform/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";

/** The tree of one process that runs now. */
export interface MeasuredTree {
  readonly id: string;
  readonly tree: ProcessTree;
}

export interface UsageMeterOptions {
  /** All that run now; asked at each measurement. */
  readonly trees: () => readonly MeasuredTree[];
  readonly onUsage: (id: string, usage: ProcessUsage) => void;
}

/** Measures all trees at each interval, and remembers an hour of it. */
export interface UsageMeter {
  start(): void;
  stop(): Promise<void>;
  setInterval(intervalMs: number): void;
  latest(id: string): ProcessUsage | undefined;
  /** Oldest first. */
  history(id: string, durationMs: number): ProcessUsage[];
  forget(id: string): void;
  /**
   * The memory that a tree occupies now, each page that its processes share counted once, which `rssBytes` counts for
   * each of them. It takes the kernel some milliseconds: for decisions only. Undefined where it cannot be told.
   */
  exactMemoryBytes(id: string): number | undefined;
}
