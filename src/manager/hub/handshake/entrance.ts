import { AppError, type Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { type Challenge, type Proof, TUNNEL_CLOSE_CODES } from "../../../protocol/mod.ts";
import { Departures } from "./departures.ts";
import { Doorway, type DoorwayLimits } from "./doorway.ts";
import { closeSocket, Handshake, type Verdict } from "./handshake.ts";

export interface EntranceParts {
  readonly managerId: () => string;
  readonly limits: DoorwayLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly drop: (socket: WebSocket) => boolean;
  decide(proof: Proof, challenge: Challenge, address: string): Promise<Verdict>;
  /** When a host that cannot be let in now is to come again. */
  laterMs(): number;
  onRefused(error: AppError): void;
}

const NONCE_BYTES = 32;

/** New connections, from their WebSocket on until they are a host's or have gone. */
export class Entrance {
  readonly #parts: EntranceParts;
  readonly #doorway: Doorway;
  readonly #departures: Departures;
  readonly #shaking = new Set<Handshake>();
  #isClosed = false;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
    this.#doorway = new Doorway(parts.limits);
    this.#departures = new Departures(parts.drop);
  }

  get underWay(): number {
    return this.#shaking.size;
  }

  get leaving(): number {
    return this.#departures.size;
  }

  admit(address: string): void {
    if (this.#isClosed) throw stopping();
    this.#doorway.admit(address, this.#parts.clock.monotonicMs());
  }

  accept(socket: WebSocket, address: string): void {
    const { clock, managerId, laterMs } = this.#parts;
    const decide = (...of: Parameters<EntranceParts["decide"]>) => this.#parts.decide(...of);
    // Nobody would see to it any more.
    if (this.#isClosed) return closeSocket(socket, TUNNEL_CLOSE_CODES.normal);
    const nowMs = clock.monotonicMs();
    const isLetIn = this.#doorway.enter(address, nowMs);
    const later = () => Promise.resolve({ refusal: tooMany(), retryAfterMs: laterMs() });
    const handshake = new Handshake(socket, address, nowMs, {
      challenge: () => newChallenge(managerId(), clock.nowMs()),
      // Those that are to come again later are not even looked at.
      decide: isLetIn ? decide : later,
      onOver: (over, hasSession, refusal) => this.#onOver(over, hasSession, refusal),
    });
    this.#shaking.add(handshake);
  }

  /** A session's socket, once the session has ended. */
  ended(socket: WebSocket): void {
    this.#departures.add(socket, this.#parts.clock.monotonicMs(), () => {});
  }

  sweep(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const handshake of this.#shaking) {
      if (nowMs < handshake.deadlineMs) continue;
      handshake.cut(new AppError("timeout", "The handshake took too long; is the network slow, or the host busy?"), 0);
    }
    this.#departures.sweep(nowMs);
    this.#doorway.sweep(nowMs);
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#isClosed = true;
    for (const handshake of this.#shaking) handshake.cut(stopping(), this.#parts.laterMs());
  }

  /** Nothing of it is left afterwards. */
  dropAll(): void {
    this.close();
    this.#departures.dropAll();
  }

  #onOver(handshake: Handshake, hasSession: boolean, refusal: AppError | null): void {
    const { clock, log, onRefused } = this.#parts;
    const { socket, address } = handshake;
    this.#shaking.delete(handshake);
    if (hasSession) return this.#doorway.leave(address);
    if (refusal !== null) {
      onRefused(refusal);
      if (refusal.code === "internal") log.error("a handshake failed", { address, error: refusal.cause });
      else log.debug("a connection was refused", { address, reason: refusal.message });
    }
    this.#departures.add(socket, clock.monotonicMs(), () => this.#doorway.leave(address));
  }
}

function newChallenge(managerId: string, timeMs: number): Challenge {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return {
    type: "challenge",
    managerId,
    nonce: nonce.toBase64({ alphabet: "base64url", omitPadding: true }),
    timeMs: Math.round(timeMs),
  };
}

function tooMany(): AppError {
  const message = "Too many hosts connect at once; come again later";
  return new AppError("rate_limited", message, { retryable: true });
}

function stopping(): AppError {
  return new AppError("unavailable", "The manager is stopping; come again later", { retryable: true });
}
