import { AppError, type Secret } from "../../core/mod.ts";
import { equalInConstantTime } from "../../http/mod.ts";
import type { SetupRequest, User } from "../../protocol/mod.ts";
import { hashOf, looksLike, newSecret } from "./secrets.ts";
import type { Tools } from "./tools.ts";
import { createUser } from "./users.ts";

const FACT = "setup_secret_hash";

/**
 * How the first admin comes to be, without a default password: whoever starts the manager is shown a link with a
 * secret, and it is good once. While there is no user, each start makes another.
 */
export class Setup {
  readonly #tools: Tools;
  /** Users never become none again. */
  #isDone = false;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  async needed(): Promise<boolean> {
    if (!this.#isDone) this.#isDone = (await this.#tools.store.users.all()).length > 0;
    return !this.#isDone;
  }

  /** The secret of a new link, in place of any before; null where somebody has been set up. */
  async begin(): Promise<Secret | null> {
    const { store, random } = this.#tools;
    if (!await this.needed()) {
      await store.facts.remove(FACT);
      return null;
    }
    const secret = newSecret("setup", random);
    await store.facts.set(FACT, hashOf(secret.reveal()));
    return secret;
  }

  /** Makes the first admin. Of several who try at once, one does. */
  async complete({ secret, name, password }: SetupRequest, signal?: AbortSignal): Promise<User> {
    const { store } = this.#tools;
    const check = () => this.#check(secret);
    await check(); // before the password costs anything
    const user = await createUser(this.#tools, { name, password, role: "admin" }, signal, check);
    this.#isDone = true;
    await store.facts.remove(FACT);
    return user;
  }

  async #check(secret: string): Promise<void> {
    if (!await this.needed()) {
      throw new AppError("conflict", "The manager is set up already; sign in, or ask an admin for a user");
    }
    const hash = await this.#tools.store.facts.get(FACT);
    if (hash !== null && looksLike("setup", secret) && equalInConstantTime(hashOf(secret), hash)) return;
    throw new AppError(
      "unauthorized",
      "This set-up link is not good; the latest start of the manager has printed the one that is, and a restart prints another",
    );
  }
}
