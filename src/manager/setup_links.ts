import type { Secret } from "../core/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";

export interface SetupLinksOptions {
  /** auth's: another secret at each call; null once there is a user. */
  readonly setup: { needed(): Promise<boolean>; begin(): Promise<Secret | null> };
  readonly url: () => string;
  readonly log: Logger;
}

/** The console's page for it. The secret stands in the fragment, which browsers keep to themselves: it is in no log. */
const PAGE = "/setup#";

/** The one-time link by which the first admin is made; the same one for as long as the manager runs. */
export class SetupLinks {
  readonly #options: SetupLinksOptions;
  #secret: Secret | null = null;

  constructor(options: SetupLinksOptions) {
    this.#options = options;
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "setup",
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        this.#secret = await this.#options.setup.begin();
        if (this.#secret === null) return;
        this.#options.log.info("there are no users yet; agent manager setup-link prints the link for the first one");
      },
      stop: () => Promise.resolve(),
    };
  }

  /** Null once there is a user. */
  async link(): Promise<string | null> {
    const { setup, url } = this.#options;
    if (!await setup.needed()) return null;
    this.#secret ??= await setup.begin();
    return this.#secret === null ? null : `${url()}${PAGE}${this.#secret.reveal()}`;
  }
}
