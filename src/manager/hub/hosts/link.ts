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
/** One that takes longer counts for more: so nobody keeps the manager busy by what is slow to read. */
const MS_PER_REPORT = 2;

export function newLink(
  of: Pick<Link, "id" | "session" | "claim" | "previousRunId">,
  nowMs: number,
): Link {
  return { ...of, sentSettings: null, sentSettingsMs: 0, allowance: REPORTS_BURST, allowanceMs: nowMs };
}

/** False for one that reports more than it may. */
export function mayReport(link: Link, nowMs: number): boolean {
  const gained = (nowMs - link.allowanceMs) / 1_000 * REPORTS_PER_SECOND;
  link.allowance = Math.min(REPORTS_BURST, link.allowance + gained);
  link.allowanceMs = nowMs;
  if (link.allowance < 1) return false;
  link.allowance--;
  return true;
}

/** Counts the time that one of its reports has taken. */
export function chargeReport(link: Link, spentMs: number): void {
  link.allowance = Math.max(-REPORTS_BURST, link.allowance - spentMs / MS_PER_REPORT);
}

/** Whether those before have taken more than it may use; their time is known only once they are done. */
export function isOverdrawn(link: Link): boolean {
  return link.allowance < 0;
}
