import { createHash } from "node:crypto";
import { AppError, type Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { type EnrolAnswer, enrolmentText, type EnrolRequest } from "../../protocol/mod.ts";
import { Doorway } from "./handshake/doorway.ts";
import { isSignedBy } from "./handshake/signature.ts";
import type { Directory } from "./hosts/directory.ts";
import type { HostEntry } from "./hosts/host_entry.ts";
import { takeName } from "./hosts/host_names.ts";
import { boundedFacts } from "./hosts/host_view.ts";
import type { HostRecord, HostStorePort, JoinTokenFacts, JoinTokensPort } from "./ports.ts";
import type { PresenceKeeper } from "./presence/presence_keeper.ts";

export interface EnrolmentParts {
  readonly managerId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hosts: Pick<HostStorePort, "add">;
  readonly joinTokens: JoinTokensPort;
  readonly directory: Directory;
  readonly presence: PresenceKeeper;
  readonly maxHosts: number;
  readonly newId: () => string;
  /** Puts a new host among the others. */
  add(record: HostRecord): HostEntry;
}

/** A request of another time may be one that somebody has kept. */
const MAX_SKEW_MS = 10 * 60_000;
const TRIES = { perAddress: 64, inAll: 256, burst: 2_000, perSecond: 200 };

/** Makes hosts of those who bring a join token. */
export class Enrolment {
  readonly #parts: EnrolmentParts;
  readonly #doorway = new Doorway(TRIES);
  /** Keys that are being enrolled: whoever asks twice at once gets one host. */
  readonly #underWay = new Map<string, Promise<HostEntry>>();

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
  }

  sweep(): void {
    this.#doorway.sweep(this.#parts.clock.monotonicMs());
  }

  async enrol(request: EnrolRequest, address: string): Promise<EnrolAnswer> {
    const isLetIn = this.#doorway.enter(address, this.#parts.clock.monotonicMs());
    try {
      if (!isLetIn) {
        const message = "Too many hosts enrol from this address at once; try again later";
        throw new AppError("rate_limited", message, { retryable: true });
      }
      await this.#checkSignature(request);
      const entry = await this.#hostOf(request, address);
      return { hostId: entry.id, managerId: this.#parts.managerId(), name: entry.name };
    } finally {
      this.#doorway.leave(address);
    }
  }

  async #checkSignature({ publicKey, token, timeMs, signature }: EnrolRequest): Promise<void> {
    if (Math.abs(timeMs - this.#parts.clock.nowMs()) > MAX_SKEW_MS) {
      throw new AppError(
        "invalid_input",
        "Cannot enrol the host: its clock is more than 10m off the manager's; set it",
      );
    }
    if (await isSignedBy(publicKey, enrolmentText(publicKey, token, timeMs), signature)) return;
    throw new AppError("unauthorized", "Cannot enrol the host: the signature is not that of its key");
  }

  /** A key that is a host already is that host, by any token that is not revoked or over: its answer may have been lost. */
  async #hostOf(request: EnrolRequest, address: string): Promise<HostEntry> {
    const { clock, directory, joinTokens } = this.#parts;
    const hash = createHash("sha256").update(request.token).digest("hex");
    const token = await joinTokens.byHash(hash);
    if (token === null || token.revoked || token.expiresMs <= clock.nowMs()) throw noToken();
    const known = directory.byKey(request.publicKey);
    if (known !== undefined) return known;
    const others = this.#underWay.get(request.publicKey);
    if (others !== undefined) return await others;
    const making = this.#make(request, address, hash).finally(() => this.#underWay.delete(request.publicKey));
    this.#underWay.set(request.publicKey, making);
    return await making;
  }

  async #make(request: EnrolRequest, address: string, hash: string): Promise<HostEntry> {
    const { clock, directory, hosts, joinTokens, log, maxHosts, newId, presence, add } = this.#parts;
    if (directory.size >= maxHosts) {
      throw new AppError("conflict", `Cannot enrol the host: this manager has ${maxHosts} hosts, as many as it takes`);
    }
    const token = await joinTokens.use(hash, clock.nowMs());
    if (token === null) throw noToken();
    const id = newId();
    const name = takeName(directory, request.name ?? request.facts.hostname, id);
    const record = this.#recordOf(request, address, { id, name }, token);
    try {
      await hosts.add(record);
    } catch (error) {
      directory.release(name);
      throw error;
    }
    log.info("host enrolled", { hostId: id, name, address });
    const entry = add(record);
    const message = `it was enrolled from ${address === "" ? "an unknown address" : address}`;
    presence.publish({ timeMs: clock.nowMs(), kind: "host", level: "info", hostId: id, message });
    return entry;
  }

  #recordOf(
    { publicKey, facts }: EnrolRequest,
    address: string,
    names: Pick<HostRecord, "id" | "name">,
    { labels }: JoinTokenFacts,
  ): HostRecord {
    const nowMs = this.#parts.clock.nowMs();
    return {
      ...names,
      kind: "agent",
      publicKey,
      labels,
      facts: boundedFacts(facts),
      enrolledMs: nowMs,
      drained: false,
      state: "offline",
      sinceMs: nowMs,
      reason: "it has not connected yet",
      lastSeenMs: null,
      address,
      eventSeq: 0,
      duplicates: [],
    };
  }
}

/** Which of these it is would help only somebody who tries out tokens. */
function noToken(): AppError {
  return new AppError(
    "unauthorized",
    "Cannot enrol the host: the join token is not good: it is unknown, has expired, is used up or was revoked; make a new one",
  );
}
