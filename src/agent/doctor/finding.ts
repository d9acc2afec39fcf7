import type { AppError } from "../../core/mod.ts";

export const FINDING_STATES = ["ok", "warning", "failed", "unsupported"] as const;
export type FindingState = (typeof FINDING_STATES)[number];

export interface Finding {
  readonly name: string;
  readonly state: FindingState;
  readonly detail: string;
  /** What to do about it; always given for `warning` and `failed`. */
  readonly fix?: string;
}

/** What the checks look at: where this agent's files are, and what its config said. */
export interface DoctorInput {
  readonly paths: {
    readonly workDir: string;
    readonly pidFile: string;
    readonly logFile: string;
    readonly socket: string;
    /** The TCP address of the control API; empty when it has none. */
    readonly listen: string;
  };
  /** Null when there is none. */
  readonly configFile: string | null;
  readonly configError: AppError | null;
  /** Looks for the manager at each of its addresses; absent for an agent that works alone. */
  readonly probeManager?: ((signal: AbortSignal) => Promise<readonly ManagerAnswer[]>) | undefined;
  readonly signal: AbortSignal;
}

/** What came of looking for a manager at one address. */
export interface ManagerAnswer {
  readonly url: string;
  /** Why it cannot be used; absent when it can. */
  readonly problem?: string;
  /** How far this host's clock is ahead of the manager's. */
  readonly clockSkewMs?: number;
}

export const ok = (name: string, detail: string): Finding => ({ name, state: "ok", detail });
export const warning = (name: string, detail: string, fix: string): Finding => ({
  name,
  state: "warning",
  detail,
  fix,
});
export const failed = (name: string, detail: string, fix: string): Finding => ({ name, state: "failed", detail, fix });
export const unsupported = (name: string, detail: string): Finding => ({ name, state: "unsupported", detail });
