import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { Callers } from "./callers.ts";
import type { Passwords } from "./passwords/passwords.ts";
import type { AuthStore, Random } from "./ports.ts";
import type { LoginThrottle } from "./throttle/login_throttle.ts";
import type { Turns } from "./turns.ts";

/** What the parts of auth share. */
export interface Tools {
  readonly store: AuthStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  readonly callers: Callers;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  /** Whatever changes users, or begins something on the strength of what a user is, does it in here. */
  readonly turns: Turns;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
}
