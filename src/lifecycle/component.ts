/** What a long-lived part of the program promises to the lifecycle manager that runs it. */

/**
 * The guarantees, checked for every component by tests/contract/component_suite.ts:
 *
 * - `start` returns quickly; long work goes on behind it until `stop`. When the signal aborts, it gives up and rejects;
 *   begin with `signal.throwIfAborted()`. Once `start` has resolved its signal means nothing any more.
 * - `stop` is safe without `start`, after a failed `start`, and twice; a second call while the first runs joins it.
 * - When `stop` resolves, no timer, socket, file or reader of the component remains.
 * - `stop` ends early, however roughly, when its signal aborts: the deadline has passed then, and what has not ended
 *   200 ms later is named as stuck and left behind.
 * - A component neither logs nor exits for a failure of its own start: it throws an AppError and the manager reports it.
 */
export interface Component {
  /** Lowercase words joined by hyphens; also the log `component` and the metric label. */
  readonly name: string;
  /** Names of the components that must have started before this one and must stop after it. */
  readonly dependsOn?: readonly string[];
  start(signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
  /** A dry start: fails as `start` would for anything that can be told without side effects (a busy port, a bad path). */
  validate?(signal: AbortSignal): Promise<void>;
}

export const COMPONENT_STATES = ["starting", "ok", "degraded", "failed", "stopping", "stopped"] as const;
export type ComponentState = (typeof COMPONENT_STATES)[number];

export interface ComponentStatus {
  readonly name: string;
  readonly state: ComponentState;
  /** Milliseconds since the epoch at which the state was entered. */
  readonly sinceMs: number;
  /** Why it is in this state; always given for `degraded` and `failed`. */
  readonly reason?: string;
}
