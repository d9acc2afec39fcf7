import { AppError, type Clock, Duration } from "../../../core/mod.ts";
import { BoundedMap } from "../bounded_map.ts";
import { networkOf } from "../../../platform/mod.ts";
import { begun, ended, NO_TRIES, type Outcome, type ThrottleRule, type Tries, waitMs } from "./policy.ts";

/** For all that comes from one address, whoever it claims to be. A success there says nothing about the others. */
const ADDRESS_RULE: ThrottleRule = { free: 10, baseMs: 1_000, maxMs: 300_000, forgetMs: 3_600_000 };
/** For one name, wherever it comes from: against guessing from many addresses. */
const NAME_RULE: ThrottleRule = { free: 10, baseMs: 1_000, maxMs: 60_000, forgetMs: 900_000 };
/** For a name at an address where it has signed in before. */
const KNOWN_RULE: ThrottleRule = { free: 5, baseMs: 1_000, maxMs: 60_000, forgetMs: 900_000 };

const MAX_ENTRIES = 10_000;

/** To be ended exactly once, as it came out. */
export interface LoginTry {
  ended(outcome: Outcome): void;
}

/**
 * Slows down guessing of passwords, by address and by name, without handing anybody the means to lock a user out.
 *
 * Whoever fails at a name, from however many addresses, makes the next try for that name from a new address wait, for
 * a minute at most. Somebody with many addresses can go on doing that; he must not keep the admin out by it. So where
 * a name has signed in before, neither his failures nor those of others at that address count: that pair is counted by
 * itself. An admin has further ways in that no login can touch: sessions and API tokens that he already has, and the
 * control socket on the manager's host.
 *
 * What is refused here costs no password's computing, and does not make the wait longer.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #addresses = new BoundedMap<string, Tries>(MAX_ENTRIES);
  readonly #names = new BoundedMap<string, Tries>(MAX_ENTRIES);
  /** Pairs of name and address that have signed in. */
  readonly #known = new BoundedMap<string, Tries>(MAX_ENTRIES);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `rate_limited`, with `retryAfterMs` in its details, where it must wait. */
  begin(name: string, address: string): LoginTry {
    const nowMs = this.#clock.monotonicMs();
    const network = networkOf(address);
    const pair = `${network} ${name}`;
    const counts = this.#known.get(pair) === undefined
      ? [count(this.#addresses, network, ADDRESS_RULE, false), count(this.#names, name, NAME_RULE, true)]
      : [count(this.#known, pair, KNOWN_RULE, true)];
    const longestMs = Math.max(...counts.map((each) => each.waitMs(nowMs)));
    if (longestMs > 0) throw tooOften(longestMs);
    for (const each of counts) each.begin(nowMs);
    return {
      ended: (outcome) => {
        const endMs = this.#clock.monotonicMs();
        for (const each of counts) each.end(outcome, endMs);
        if (outcome !== "succeeded") return;
        if (this.#known.get(pair) === undefined) this.#known.set(pair, NO_TRIES);
      },
    };
  }
}

function count(tries: BoundedMap<string, Tries>, key: string, rule: ThrottleRule, isForgiving: boolean) {
  const now = () => tries.get(key) ?? NO_TRIES;
  return {
    waitMs: (nowMs: number) => waitMs(now(), rule, nowMs),
    begin: (nowMs: number) => tries.set(key, begun(now(), rule, nowMs)),
    end: (outcome: Outcome, nowMs: number) => tries.set(key, ended(now(), outcome, rule, nowMs, isForgiving)),
  };
}

function tooOften(ms: number): AppError {
  const seconds = Math.ceil(ms / 1_000);
  return new AppError("rate_limited", `Too many failed logins; try again in ${new Duration(seconds * 1_000)}`, {
    retryable: true,
    details: { retryAfterMs: seconds * 1_000 },
  });
}
