import { messageOf } from "../../core/mod.ts";
import { type Config, parseProcess, type ProcessConfig } from "../../config/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { OwnedProcess } from "./spec/resolve.ts";
import type { RegisteredProcess, SupervisorStore } from "./store/store.ts";

export interface EnlistedOptions {
  /** Whose files no process may take. */
  readonly agent: Config["agent"];
  readonly store: Pick<SupervisorStore, "registered">;
  readonly log: Logger;
}

type Chosen = Pick<Config, "processes" | "process_defaults">;

/** What is to be supervised: the processes of the config, and those that were registered by the API. */
export class Enlisted {
  readonly #options: EnlistedOptions;
  /** What was asked last; parsing hundreds takes its time, and each that is added asks twice. */
  #last: (Chosen & { readonly registered: readonly RegisteredProcess[]; readonly owned: OwnedProcess[] }) | undefined;

  constructor(options: EnlistedOptions) {
    this.#options = options;
  }

  all({ processes, process_defaults }: Chosen): readonly OwnedProcess[] {
    const registered = this.#options.store.registered();
    const last = this.#last;
    const isKnown = last?.processes === processes && last.process_defaults === process_defaults &&
      last.registered.length === registered.length && registered.every((row, at) => row === last.registered[at]);
    if (isKnown) return last.owned;
    const owned = this.#parseAll(registered, { processes, process_defaults });
    this.#last = { processes, process_defaults, registered, owned };
    return owned;
  }

  /** Checks one that is to be registered; it may replace an earlier one of the same id. */
  check(item: unknown, config: Chosen): ProcessConfig {
    const { id } = typeof item === "object" && item !== null && "id" in item ? item : { id: "" };
    const others = this.all(config).filter((owned) => owned.origin === "config" || owned.config.id !== id);
    return this.#parse(item, config, others);
  }

  /** One that has become wrong, because the config has changed, must not keep the others from running: it is left out. */
  #parseAll(registered: readonly RegisteredProcess[], config: Chosen): OwnedProcess[] {
    const owned: OwnedProcess[] = config.processes.map((process) => ({ config: process, origin: "config" }));
    const reasons = new Map<string, string>();
    let waiting = registered;
    // They may depend on each other, and their order says nothing.
    for (let before = -1; waiting.length > 0 && waiting.length !== before;) {
      before = waiting.length;
      waiting = waiting.filter(({ id, item }) => {
        try {
          owned.push({ config: this.#parse(item, config, owned), origin: "api" });
          return false;
        } catch (error) {
          reasons.set(id, messageOf(error)); // it may do once another is there
          return true;
        }
      });
    }
    for (const { id } of waiting) {
      this.#options.log.error("registered process cannot be run", { process: id, reason: reasons.get(id) });
    }
    return owned;
  }

  #parse(item: unknown, { process_defaults: defaults }: Chosen, owned: readonly OwnedProcess[]): ProcessConfig {
    const others = owned.map(({ config }) => config);
    return parseProcess(item, { defaults, others, agent: this.#options.agent });
  }
}
