import type { Session } from "../../../tunnel/mod.ts";

/** Whom a connection is with, as its proof says. */
export interface Claim {
  /** Of this run of the agent. */
  readonly runId: string;
  readonly bootId: string | undefined;
  readonly machineId: string | undefined;
  readonly hostname: string;
  readonly address: string;
}

/** The live connection of a host. */
export interface Link {
  readonly id: string;
  readonly session: Session;
  readonly claim: Claim;
  /** The run that this one has taken the place of; should it come back, there are two. */
  readonly previousRunId: string | null;
  /** Settings that were sent with the latest answers, and when; a host that does not take them is not told each time. */
  sentSettings: number | null;
  sentSettingsMs: number;
  /** What it may still report right now, and when that was counted. */
  allowance: number;
  allowanceMs: number;
}

/** A burst of so many reports, and so many a second, is more than any agent makes. */
const REPORTS_BURST = 300;
const REPORTS_PER_SECOND = 50;

export function newLink(
  of: Pick<Link, "id" | "session" | "claim" | "previousRunId">,
  nowMs: number,
): Link {
  return { ...of, sentSettings: null, sentSettingsMs: 0, allowance: REPORTS_BURST, allowanceMs: nowMs };
}

/** False for one that reports more than it may. */
export function mayReport(link: Link, nowMs: number): boolean {
  const gained = (nowMs - link.allowanceMs) / 1_000 * REPORTS_PER_SECOND;
  link.allowance = Math.min(REPORTS_BURST, link.allowance + gained) - 1;
  link.allowanceMs = nowMs;
  if (link.allowance >= 0) return true;
  link.allowance = 0;
  return false;
}
