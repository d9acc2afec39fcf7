import { AppError, type Clock, type Secret } from "../../core/mod.ts";
import type { Caller } from "../../protocol/mod.ts";
import { authorise } from "./authorise.ts";
import type { Random } from "./ports.ts";
import { hashOf, looksLike, newSecret } from "./secrets.ts";

export interface TicketsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The caller with the rights that he has now; null where he is not let in any more. */
  readonly current: (caller: Caller) => Promise<Caller | null>;
}

export interface MadeTicket {
  readonly ticket: Secret;
  readonly expiresMs: number;
}

interface Issued {
  readonly caller: Caller;
  /** Of the monotonic clock. */
  readonly untilMs: number;
}

const LIFE_MS = 30_000;
const MAX_OF_CALLER = 30;
const MAX_TICKETS = 10_000;

/**
 * A browser cannot send a header with a WebSocket, and its cookie comes along whoever's page opens one. So the page
 * asks for a ticket first, as it asks for any change, and puts it into the address. It is good once and for seconds,
 * since addresses end up in logs. Tickets live in memory: after a restart one asks for another.
 */
export class Tickets {
  readonly #options: TicketsOptions;
  /** By hash, the oldest first; all live equally long. */
  readonly #issued = new Map<string, Issued>();

  constructor(options: TicketsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#issued.size;
  }

  issue(caller: Caller | null): MadeTicket {
    authorise(caller, "self.manage");
    const { clock, random } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#forgetOld(nowMs);
    const who = ownerOf(caller);
    let own = 0;
    for (const issued of this.#issued.values()) if (ownerOf(issued.caller) === who) own++;
    if (own >= MAX_OF_CALLER || this.#issued.size >= MAX_TICKETS) {
      throw new AppError("rate_limited", "Too many unused tickets; try again in some seconds", {
        retryable: true,
        details: { retryAfterMs: LIFE_MS },
      });
    }
    const ticket = newSecret("ticket", random);
    this.#issued.set(hashOf(ticket.reveal()), { caller, untilMs: nowMs + LIFE_MS });
    return { ticket, expiresMs: clock.nowMs() + LIFE_MS };
  }

  /** Whose ticket it was, with the rights that he has now. Throws `unauthorized` for one that is not good (any more). */
  async take(ticket: string): Promise<Caller> {
    const { clock, current } = this.#options;
    const hash = looksLike("ticket", ticket) ? hashOf(ticket) : "";
    const issued = this.#issued.get(hash);
    this.#issued.delete(hash);
    const isGood = issued !== undefined && clock.monotonicMs() < issued.untilMs;
    const caller = isGood ? await current(issued.caller) : null;
    if (caller !== null) return caller;
    throw new AppError(
      "unauthorized",
      "The ticket was used already, is too old, or its session has ended; ask for another",
    );
  }

  #forgetOld(nowMs: number): void {
    for (const [hash, { untilMs }] of this.#issued) {
      if (nowMs < untilMs) return;
      this.#issued.delete(hash);
    }
  }
}

function ownerOf({ userId, actor }: Caller): string {
  return userId ?? actor;
}
