/**
 * What a host's state is, pure. `judge` says what it looks like at this moment; `settle` makes the state of it, which
 * keeps a host that comes and goes from coming and going in everybody's lists. Times are monotonic.
 */
import { Duration } from "../../../core/mod.ts";
import type { HostState } from "../../../protocol/mod.ts";
import { LOST_GRACE_MS, type Timing } from "./timing.ts";

/** `left`: it said goodbye; `lost`: it did not; `none`: it has not been connected since the manager started. */
export type LinkState = "connected" | "lost" | "left" | "none";

/** What is known of the contact with a host. */
export interface Contact {
  readonly linkState: LinkState;
  /** Since when the link is in this state. */
  readonly linkMs: number;
  /** Why the connection was lost. */
  readonly lostWhy: string;
  /** When a report of it came, or its connection; null when none has come yet. */
  readonly heardAtMs: number | null;
  /** What is not well there; null when all is. */
  readonly trouble: string | null;
}

export interface Judgement {
  readonly state: HostState;
  readonly reason: string;
  /** When it is to be judged again if nothing happens; Infinity for not at all. */
  readonly dueMs: number;
}

/** How a host is shown, and what must be remembered for that. */
export interface Presence {
  readonly state: HostState;
  readonly reason: string;
  /** What it was judged to be at last. */
  readonly judged: HostState;
  /** When it was judged otherwise than before, of late. */
  readonly changes: readonly number[];
  /** As what it is shown while it comes and goes; null when it does not. */
  readonly held: "unreachable" | "degraded" | null;
}

const JUST_STARTED = "the manager has just started";

/** A state that the manager has from before its start is shown as unknown until there is contact, or should have been. */
export function firstPresence(state: HostState, reason: string): Presence {
  if (state === "offline") return { state, reason, judged: state, changes: [], held: null };
  return { state: "unknown", reason: JUST_STARTED, judged: "unknown", changes: [], held: null };
}

export function judge(contact: Contact, timing: Timing, nowMs: number): Judgement {
  const { linkState, linkMs, heardAtMs, trouble } = contact;
  if (linkState === "left") return { state: "offline", reason: "its agent has closed the connection", dueMs: Infinity };
  const sinceMs = heardAtMs ?? linkMs;
  const offlineMs = sinceMs + timing.offlineAfterMs;
  if (nowMs >= offlineMs) {
    const reason = heardAtMs === null
      ? "it has not come back since the manager started"
      : `nothing was heard of it for ${shown(timing.offlineAfterMs)}`;
    return { state: "offline", reason, dueMs: Infinity };
  }
  if (heardAtMs === null) return { state: "unknown", reason: JUST_STARTED, dueMs: offlineMs };
  const silentMs = sinceMs + timing.unreachableAfterMs;
  if (nowMs >= silentMs) {
    const reason = `no heartbeat came for ${shown(timing.unreachableAfterMs)}`;
    return { state: "unreachable", reason, dueMs: offlineMs };
  }
  const lostMs = linkState === "lost" ? linkMs + LOST_GRACE_MS : Infinity;
  if (nowMs >= lostMs) {
    return { state: "unreachable", reason: `its connection was lost: ${contact.lostWhy}`, dueMs: offlineMs };
  }
  const dueMs = Math.min(silentMs, lostMs);
  return trouble === null
    ? { state: "online", reason: "its heartbeats come in time", dueMs }
    : { state: "degraded", reason: trouble, dueMs };
}

/** Gives the same object when nothing has changed. */
export function settle(before: Presence, judgement: Judgement, timing: Timing, nowMs: number): Presence {
  const { judged, held } = before;
  const isChange = judgement.state !== judged && judged !== "unknown";
  const changes = isChange ? recent([...before.changes, nowMs], timing, nowMs) : before.changes;
  const next = { state: judgement.state, reason: judgement.reason, judged: judgement.state, changes };
  // What is offline, or was never seen, is plainly so; the changes are remembered for when it is back.
  if (judgement.state === "offline" || judgement.state === "unknown") return { ...next, held: null };
  if (held !== null) return stillHeld(before, next, timing, nowMs);
  if (isChange && timing.flapLimit > 0 && changes.length > timing.flapLimit) {
    const heldAs = canReach(judged) && canReach(judgement.state) ? "degraded" : "unreachable";
    return hold(next, heldAs, timing);
  }
  if (judgement.state === before.state && judgement.reason === before.reason) return before;
  return { ...next, held: null };
}

/** When a host is to be judged again if nothing happens. */
export function dueMsOf({ held, changes }: Presence, { dueMs }: Judgement, { flapHoldMs }: Timing): number {
  return held === null ? dueMs : Math.min(dueMs, (changes.at(-1) ?? 0) + flapHoldMs);
}

type Next = Omit<Presence, "held">;

function stillHeld(before: Presence, next: Next, timing: Timing, nowMs: number): Presence {
  const sinceMs = next.changes.at(-1) ?? 0;
  if (nowMs >= sinceMs + timing.flapHoldMs) return { ...next, changes: [], held: null };
  const isWorse = !canReach(next.judged) && before.held === "degraded";
  return hold(next, isWorse ? "unreachable" : before.held ?? "unreachable", timing);
}

function hold(next: Next, heldAs: "unreachable" | "degraded", timing: Timing): Presence {
  const what = heldAs === "unreachable" ? "it comes and goes" : "it is now well, now not";
  return {
    ...next,
    state: heldAs,
    reason: `${what}: more than ${timing.flapLimit} changes within ${shown(timing.flapWindowMs)}; ` +
      `shown so until it has been steady for ${shown(timing.flapHoldMs)}`,
    held: heldAs,
  };
}

function canReach(state: HostState): boolean {
  return state === "online" || state === "degraded";
}

function recent(changes: readonly number[], { flapWindowMs, flapLimit }: Timing, nowMs: number): readonly number[] {
  return changes.filter((atMs) => atMs > nowMs - flapWindowMs).slice(-(flapLimit + 1));
}

function shown(ms: number): string {
  return String(new Duration(Math.round(ms / 1_000) * 1_000));
}
