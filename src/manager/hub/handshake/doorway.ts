import { AppError } from "../../../core/mod.ts";
import { networkOf } from "../../../platform/mod.ts";

export interface DoorwayLimits {
  /** Connections of one address that have not proved who they are; beyond it they are asked to come later. */
  readonly perAddress: number;
  /** The same over all addresses. */
  readonly inAll: number;
  /** New connections of one address in a row, and how many of them a second it may make in the long run. */
  readonly burst: number;
  readonly perSecond: number;
}

export const DOORWAY_LIMITS: DoorwayLimits = { perAddress: 64, inAll: 512, burst: 2_000, perSecond: 500 };

/** Those that are asked to come later still hold their socket until they have gone; beyond this nobody is even asked. */
const HELD_FACTOR = 4;
/** Addresses that are remembered. */
const MAX_ADDRESSES = 10_000;

interface Address {
  /** Its sockets that are not a host's: those that shake hands, and those that have not gone yet. */
  held: number;
  tokens: number;
  countedMs: number;
}

/** Who may come in and shake hands: an address that makes too many connections harms itself alone. */
export class Doorway {
  readonly #limits: DoorwayLimits;
  readonly #addresses = new Map<string, Address>();
  #held = 0;

  constructor(limits: DoorwayLimits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** Throws when a connection is not even to be made a WebSocket. */
  admit(address: string, nowMs: number): void {
    const known = this.#addresses.get(networkOf(address));
    const { perAddress, inAll } = this.#limits;
    if (this.#held >= inAll * HELD_FACTOR) {
      throw new AppError("unavailable", "Too many connections wait to be let in; try again later", { retryable: true });
    }
    if (known === undefined) return;
    if (known.held < perAddress * HELD_FACTOR && this.#refilled(known, nowMs) >= 1) return;
    const message = "This address has made too many connections that came to nothing; try again later";
    throw new AppError("rate_limited", message, { retryable: true });
  }

  /** Takes a connection in; false when it is to be asked to come later. It counts until it `leave`s either way. */
  enter(address: string, nowMs: number): boolean {
    const known = this.#addressOf(networkOf(address), nowMs);
    const { perAddress, inAll } = this.#limits;
    const isLetIn = this.#held < inAll && known.held < perAddress && this.#refilled(known, nowMs) >= 1;
    known.tokens = Math.max(0, this.#refilled(known, nowMs) - 1);
    known.countedMs = nowMs;
    known.held++;
    this.#held++;
    return isLetIn;
  }

  leave(address: string): void {
    const known = this.#addresses.get(networkOf(address));
    this.#held--;
    if (known !== undefined) known.held--;
  }

  /** Forgets addresses that have nothing here any more. */
  sweep(nowMs: number): void {
    for (const [network, address] of this.#addresses) {
      if (address.held === 0 && this.#refilled(address, nowMs) >= this.#limits.burst) this.#addresses.delete(network);
    }
  }

  #addressOf(network: string, nowMs: number): Address {
    const known = this.#addresses.get(network);
    if (known !== undefined) return known;
    if (this.#addresses.size >= MAX_ADDRESSES) this.#forgetOne();
    const made = { held: 0, tokens: this.#limits.burst, countedMs: nowMs };
    this.#addresses.set(network, made);
    return made;
  }

  #forgetOne(): void {
    for (const [network, { held }] of this.#addresses) {
      if (held > 0) continue;
      this.#addresses.delete(network);
      return;
    }
  }

  #refilled({ tokens, countedMs }: Address, nowMs: number): number {
    return Math.min(this.#limits.burst, tokens + (nowMs - countedMs) / 1_000 * this.#limits.perSecond);
  }
}
