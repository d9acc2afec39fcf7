import { AppError } from "../../../core/mod.ts";
import type { Random } from "../ports.ts";
import { normalPassword } from "./rules.ts";
import {
  DEFAULT_COST,
  derive,
  formatStored,
  isSameCost,
  isSameHash,
  parseStored,
  SALT_BYTES,
  type ScryptCost,
  type StoredPassword,
} from "./scrypt.ts";

export interface PasswordsOptions {
  readonly random: Random;
  readonly cost?: ScryptCost;
  /** How many hashes are computed at once. */
  readonly atOnce?: number;
  /** How many may wait for that. */
  readonly maxWaiting?: number;
  /** For tests: stands in for scrypt. */
  readonly compute?: typeof derive;
}

export interface Verdict {
  readonly isRight: boolean;
  /** True when it was stored at another cost than is asked for now. */
  readonly isOutdated: boolean;
}

const AT_ONCE = 2;
const MAX_WAITING = 32;

/**
 * Makes and checks what is stored of passwords. Each takes a core and its memory for a while, so only a few are
 * computed at once, a few more wait, and the rest are turned away: a flood of logins costs no more than that.
 */
export class Passwords {
  readonly #options: Required<PasswordsOptions>;
  /** Stands in for the password of users that do not exist, so that they take as long as those that do. */
  readonly #nobody: StoredPassword;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: PasswordsOptions) {
    this.#options = { cost: DEFAULT_COST, atOnce: AT_ONCE, maxWaiting: MAX_WAITING, compute: derive, ...options };
    const { cost, random } = this.#options;
    this.#nobody = { cost, salt: random(SALT_BYTES), hash: random(SALT_BYTES * 2) };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The text to store. Whether the password will do is checked by `checkNewPassword`. */
  async hash(password: string, signal?: AbortSignal): Promise<string> {
    const { cost, random } = this.#options;
    const normal = normalPassword(password);
    if (normal === null) throw new AppError("invalid_input", "Cannot take this password: it is too long");
    const salt = random(SALT_BYTES);
    return formatStored({ cost, salt, hash: await this.#compute(normal, salt, cost, signal) });
  }

  /** Takes as long for no user (null), for what was stored badly, and for a password that is too long. */
  async verify(password: string, stored: string | null, signal?: AbortSignal): Promise<Verdict> {
    const known = stored === null ? null : parseStored(stored);
    const normal = normalPassword(password);
    const { cost, salt, hash } = known ?? this.#nobody;
    const computed = await this.#compute(normal ?? "", salt, cost, signal);
    const isRight = isSameHash(computed, hash) && known !== null && normal !== null;
    return { isRight, isOutdated: !isSameCost(cost, this.#options.cost) };
  }

  async #compute(password: string, salt: Uint8Array, cost: ScryptCost, signal?: AbortSignal): Promise<Uint8Array> {
    await this.#turn(signal);
    try {
      return await this.#options.compute(password, salt, cost);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Resolves when one more may be computed, and counts it. */
  async #turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { atOnce, maxWaiting } = this.#options;
    if (this.#running < atOnce) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= maxWaiting) {
      throw new AppError("unavailable", "Too many people sign in at once; try again in some seconds", {
        retryable: true,
      });
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      const go = () => {
        signal?.removeEventListener("abort", onAbort);
        this.#running++;
        resolve();
      };
      this.#waiting.push(go);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
