import { AppError } from "../../../core/mod.ts";

export interface SeatLimits {
  /** What they are for, in the message to who gets none: "live connections". */
  readonly what: string;
  readonly perCaller: number;
  readonly inAll: number;
}

/** Bounds what may be open at once, for each caller and in all. */
export class Seats {
  readonly #limits: SeatLimits;
  readonly #byActor = new Map<string, number>();
  #taken = 0;

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Gives what gives the seat back, however often it is called; throws `rate_limited` when there is none. */
  take(actor: string): () => void {
    const { what, perCaller, inAll } = this.#limits;
    const own = this.#byActor.get(actor) ?? 0;
    if (own >= perCaller || this.#taken >= inAll) {
      const words = own >= perCaller
        ? `${actor} has ${perCaller} ${what} already`
        : `There are ${inAll} ${what} already`;
      throw new AppError("rate_limited", `${words}, which is the most; close some of them`, { retryable: true });
    }
    this.#byActor.set(actor, own + 1);
    this.#taken++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken--;
      const left = (this.#byActor.get(actor) ?? 1) - 1;
      if (left === 0) this.#byActor.delete(actor);
      else this.#byActor.set(actor, left);
    };
  }
}
