import { AppError, type Clock, oneLine, withinTime } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import {
  type Challenge,
  type DuplicateClaim,
  FLEET_SERIES,
  type HostFacts,
  type Proof,
  proofText,
} from "../../protocol/mod.ts";
import type { ServeHandler, Session, SessionEnd } from "../../tunnel/mod.ts";
import type { Verdict } from "./handshake/handshake.ts";
import { isSignedBy } from "./handshake/signature.ts";
import type { Conduct } from "./hosts/conduct.ts";
import type { Directory } from "./hosts/directory.ts";
import type { HostEntry } from "./hosts/host_entry.ts";
import { boundedFacts } from "./hosts/host_view.ts";
import { type Claim, type Link, newLink } from "./hosts/link.ts";
import type { RecordWriter } from "./hosts/record_writer.ts";
import type { SamplesPort, TasksPort } from "./ports.ts";
import type { PresenceKeeper } from "./presence/presence_keeper.ts";

/** What a session is made with; the tunnel's own, or a test's. */
export type OpenTunnel = (
  socket: WebSocket,
  options: { readonly serve: ServeHandler; readonly onEnd: (end: SessionEnd) => void },
) => Session;

export interface ArrivalsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly directory: Directory;
  readonly conduct: Conduct;
  readonly presence: PresenceKeeper;
  readonly writer: RecordWriter;
  readonly samples: Pick<SamplesPort, "connected">;
  readonly tasks: Pick<TasksPort, "hostArrived">;
  readonly maxSessions: number;
  readonly openTunnel: OpenTunnel;
  readonly newId: () => string;
  laterMs(): number;
  isStopping(): boolean;
  serve(entry: HostEntry, link: Link, request: Request): Promise<Response>;
  /** A session's socket has done its service. */
  onSocketOver(socket: WebSocket): void;
}

/** Time in which the connection that stands must show that there is somebody at its other end. */
const PING_MS = 5_000;
const DUPLICATE_AGAIN_MS = 60_000;
const CLAIM_SHOWN_MS = 10 * 60_000;
const MAX_DUPLICATES = 10;
const MAX_SHOWN_NAME = 100;

/** Decides who is let in as which host, and gives each host its one connection. */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  #sessions = 0;
  #accepted = 0;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  get sessions(): number {
    return this.#sessions;
  }

  get accepted(): number {
    return this.#accepted;
  }

  async decide(proof: Proof, challenge: Challenge, address: string): Promise<Verdict> {
    const { directory, laterMs, isStopping } = this.#parts;
    const { hostId, signature } = proof;
    if (isStopping()) return { refusal: unavailable("The manager is stopping"), retryAfterMs: laterMs() };
    const known = directory.get(hostId);
    if (known === undefined || known.record.kind !== "agent") return { refusal: notKnown() };
    const text = proofText(challenge, hostId);
    if (!await isSignedBy(known.record.publicKey, text, signature)) {
      return { refusal: new AppError("unauthorized", "The signature is not that of this host's key") };
    }
    // The host may have been removed while its signature was looked at.
    if (directory.get(hostId) !== known) return { refusal: notKnown() };
    const claim = claimOf(proof, address);
    if (!await this.#isBelieved(known, claim)) return this.#refuseDuplicate(known, claim);
    if (directory.get(hostId) !== known) return { refusal: notKnown() };
    if (known.link === null && this.#sessions >= this.#parts.maxSessions) {
      return { refusal: unavailable("As many hosts are connected as this manager takes"), retryAfterMs: laterMs() };
    }
    return this.#welcome(known, claim, proof);
  }

  /** Ends a host's connection for a reason of our own. */
  unlink(entry: HostEntry, why: string): void {
    const { link } = entry;
    entry.link = null;
    link?.session.close(why);
  }

  /**
   * Whether a newcomer takes the place of the connection that stands: the same run of the agent does, and one on the same
   * boot of the same machine, which is the agent after a restart. Of anybody else there may be two, so the one that
   * stands is asked for a sign of life.
   */
  async #isBelieved(entry: HostEntry, claim: Claim): Promise<boolean> {
    const { link } = entry;
    if (link === null || link.session.end !== null || link.claim.runId === claim.runId) return true;
    // A run that comes back after another has taken its place is no restart: both are alive.
    if (isSameMachine(link.claim, claim) && link.previousRunId !== claim.runId) return true;
    if (entry.isContested) return false;
    entry.isContested = true;
    try {
      const isAlive = await this.#answers(link);
      // Somebody else may have taken its place meanwhile, who is not to be asked again.
      return entry.link === null || (entry.link === link && !isAlive);
    } finally {
      entry.isContested = false;
    }
  }

  async #answers({ session }: Link): Promise<boolean> {
    const never = new AbortController().signal;
    try {
      const timed = await withinTime(this.#parts.clock, PING_MS, never, (signal) => session.ping(signal));
      return timed.late === undefined;
    } catch {
      return false; // the connection broke, which is an answer too
    }
  }

  #refuseDuplicate(entry: HostEntry, claim: Claim): Verdict {
    const { clock, writer, presence, log, directory } = this.#parts;
    const { address, hostname, machineId } = claim;
    const made: DuplicateClaim = {
      timeMs: clock.nowMs(),
      address,
      hostname,
      ...machineId !== undefined && { machineId },
    };
    const isSame = (other: DuplicateClaim) =>
      other.address === address && other.hostname === hostname && other.machineId === machineId;
    const others = entry.record.duplicates.filter((other) => !isSame(other));
    const isNew = others.length === entry.record.duplicates.length;
    const duplicates = [made, ...others].slice(0, MAX_DUPLICATES);
    entry.record = { ...entry.record, duplicates };
    writer.change(entry.id, { duplicates });
    const who = `${oneLine(hostname, MAX_SHOWN_NAME)} at ${address}`;
    const text = `claimed by two: also by ${who}, which was refused; is its disk a copy?`;
    entry.claim = { text, untilMs: clock.monotonicMs() + CLAIM_SHOWN_MS };
    directory.changed(entry);
    if (isNew) {
      log.warn("a second host claims to be one that is connected", { hostId: entry.id, address, hostname });
      presence.publish({ timeMs: made.timeMs, kind: "host", level: "warn", hostId: entry.id, message: text });
    }
    const message =
      `Another agent is connected as ${entry.name}; if this host is a copy of it, remove its identity file ` +
      "and enrol it again";
    return { refusal: new AppError("conflict", message), retryAfterMs: DUPLICATE_AGAIN_MS };
  }

  #welcome(entry: HostEntry, claim: Claim, proof: Proof): Verdict {
    const { clock, conduct, samples, newId } = this.#parts;
    conduct.refresh(entry);
    const sessionId = newId();
    return {
      welcome: {
        type: "welcome",
        sessionId,
        name: entry.name,
        timeMs: Math.round(clock.nowMs()),
        heartbeatIntervalMs: entry.intervalMs,
        series: [...FLEET_SERIES],
        have: { sampleMs: samples.connected(entry.id, entry.intervalMs), eventSeq: entry.record.eventSeq },
      },
      begin: (socket) => this.#begin(entry, claim, proof, { socket, sessionId }),
    };
  }

  #begin(entry: HostEntry, claim: Claim, proof: Proof, of: { socket: WebSocket; sessionId: string }): void {
    const { clock, openTunnel, presence, tasks, onSocketOver, serve } = this.#parts;
    const before = entry.link;
    const link: Link = newLink({
      id: of.sessionId,
      session: openTunnel(of.socket, {
        serve: (request) => serve(entry, link, request),
        onEnd: (end) => {
          this.#sessions--;
          onSocketOver(of.socket);
          this.#ended(entry, link, end);
        },
      }),
      claim,
      previousRunId: before === null || before.claim.runId === claim.runId ? null : before.claim.runId,
    }, clock.monotonicMs());
    this.#sessions++;
    this.#accepted++;
    entry.link = link;
    before?.session.close("was replaced by a newer one of this host");
    this.#takeFacts(entry, boundedFacts(proof.facts), claim.address);
    entry.settingsVersion = proof.settingsVersion;
    presence.linked(entry);
    tasks.hostArrived(entry.id);
  }

  /** Hosts that come back as they were are ten thousand writes less after a restart. */
  #takeFacts(entry: HostEntry, facts: HostFacts, address: string): void {
    const { record } = entry;
    if (record.address === address && JSON.stringify(record.facts) === JSON.stringify(facts)) return;
    entry.record = { ...record, facts, address };
    this.#parts.writer.change(entry.id, { facts, address });
  }

  #ended(entry: HostEntry, link: Link, end: SessionEnd): void {
    if (entry.link !== link) return; // it was ended by us, or another one has taken its place
    entry.link = null;
    this.#parts.presence.unlinked(entry, end.isOrderly ? "left" : "lost", end.error.message);
  }
}

function claimOf({ runId, bootId, facts: { machineId, hostname } }: Proof, address: string): Claim {
  return { runId, bootId, machineId, hostname, address };
}

function isSameMachine(a: Claim, b: Claim): boolean {
  return a.bootId !== undefined && a.bootId === b.bootId && a.machineId !== undefined && a.machineId === b.machineId;
}

function notKnown(): AppError {
  return new AppError(
    "not_found",
    "This manager does not know the host: it was removed, or belongs to another manager; enrol it again",
  );
}

function unavailable(why: string): AppError {
  return new AppError("unavailable", `${why}; come again later`, { retryable: true });
}
