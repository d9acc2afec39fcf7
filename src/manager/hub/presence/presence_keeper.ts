import { type Clock, Duration, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { HostState, NewFleetEvent } from "../../../protocol/mod.ts";
import type { Directory } from "../hosts/directory.ts";
import type { HostEntry } from "../hosts/host_entry.ts";
import type { RecordWriter } from "../hosts/record_writer.ts";
import type { EventsPort } from "../ports.ts";
import { dueMsOf, judge, type LinkState, settle } from "./policy.ts";

export interface PresenceKeeperParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly directory: Directory;
  readonly writer: RecordWriter;
  readonly events: EventsPort;
}

/** A clock that differs by so much makes a host's samples useless. */
const MAX_SKEW_MS = 5 * 60_000;

/** Keeps every host's state, tells of its changes, and has them written. */
export class PresenceKeeper {
  readonly #parts: PresenceKeeperParts;
  readonly #trouble: StateLog;
  #isFrozen = false;

  constructor(parts: PresenceKeeperParts) {
    this.#parts = parts;
    this.#trouble = createStateLog(parts.log, parts.clock, "telling of hosts that come and go");
  }

  /** From now on hosts go because the manager does, which says nothing about them. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** A report has come. `skewMs`: how far the host's clock is ahead of ours. */
  heard(entry: HostEntry, skewMs: number): void {
    const { clock, directory } = this.#parts;
    const nowMs = clock.monotonicMs();
    entry.heardAtMs = nowMs;
    entry.lastSeenMs = clock.nowMs();
    entry.trouble = troubleOf(entry, skewMs, nowMs);
    directory.changed(entry);
    const { state, held } = entry.presence;
    // The usual case, for ten thousand hosts every few seconds.
    if (state === "online" && held === null && entry.trouble === null && entry.linkState !== "lost") {
      entry.dueMs = nowMs + entry.timing.unreachableAfterMs;
    } else this.look(entry);
  }

  linked(entry: HostEntry): void {
    const { clock, directory } = this.#parts;
    entry.linkState = "connected";
    entry.linkMs = entry.heardAtMs = clock.monotonicMs();
    entry.lastSeenMs = clock.nowMs();
    directory.changed(entry);
    this.look(entry);
  }

  unlinked(entry: HostEntry, state: Extract<LinkState, "lost" | "left">, why: string): void {
    if (this.#isFrozen) return;
    entry.linkState = state;
    entry.linkMs = this.#parts.clock.monotonicMs();
    entry.lostWhy = why;
    this.look(entry);
  }

  /** Looks at all whose time has come; gives those that have become offline although their connection still stands. */
  sweep(): readonly HostEntry[] {
    const nowMs = this.#parts.clock.monotonicMs();
    const dead: HostEntry[] = [];
    for (const entry of this.#parts.directory.entries()) {
      if (entry.dueMs > nowMs) continue;
      this.look(entry);
      if (entry.presence.state === "offline" && entry.link !== null) dead.push(entry);
    }
    return dead;
  }

  look(entry: HostEntry): void {
    if (this.#isFrozen) return;
    const { clock, directory } = this.#parts;
    const nowMs = clock.monotonicMs();
    const before = entry.presence;
    // What was offline before the start is no news until it is heard of.
    if (entry.heardAtMs === null && before.state === "offline") return;
    const judgement = judge(entry, entry.timing, nowMs);
    const after = settle(before, judgement, entry.timing, nowMs);
    entry.dueMs = dueMsOf(after, judgement, entry.timing);
    entry.presence = after;
    if (after.state !== before.state) this.#entered(entry, before.state);
    else if (after.reason !== before.reason) directory.changed(entry);
  }

  #entered(entry: HostEntry, before: HostState): void {
    const { clock, directory, writer } = this.#parts;
    const { state, reason } = entry.presence;
    directory.changedWithProcesses(entry);
    // Found as it was left by the last manager, it has been so since then.
    if (before === "unknown" && entry.record.state === state) {
      entry.record = { ...entry.record, sinceMs: entry.knownSinceMs, reason };
      return;
    }
    const { lastSeenMs, record: { address } } = entry;
    const change = { state, reason, sinceMs: clock.nowMs() };
    entry.record = { ...entry.record, ...change };
    writer.change(entry.id, { ...change, lastSeenMs, address });
    const level = state === "online" || entry.linkState === "left" ? "info" : "warn";
    this.publish({ timeMs: clock.nowMs(), kind: "host", level, hostId: entry.id, state, message: reason });
  }

  /** What happens to hosts goes on whether it can be written down or not. */
  publish(event: NewFleetEvent): void {
    this.#parts.events.publish([event]).then(() => this.#trouble.recovered(), (error) => {
      this.#trouble.failed(messageOf(error));
    });
  }
}

function troubleOf(entry: HostEntry, skewMs: number, nowMs: number): string | null {
  const isClaimed = entry.claim !== null && nowMs < entry.claim.untilMs;
  const isSkewed = Math.abs(skewMs) > MAX_SKEW_MS;
  if (!isClaimed && !isSkewed) return entry.ownTrouble;
  return [isClaimed ? entry.claim?.text : null, isSkewed ? skewText(skewMs) : null, entry.ownTrouble]
    .filter((part) => part !== null && part !== undefined).join("; ");
}

function skewText(skewMs: number): string {
  const by = new Duration(Math.min(Number.MAX_SAFE_INTEGER, Math.round(Math.abs(skewMs) / 60_000) * 60_000));
  return `its clock is ${by} ${skewMs > 0 ? "ahead of" : "behind"} the manager's, so its samples stand at wrong times`;
}
