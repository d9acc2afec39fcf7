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

/** What is to be supervised: the processes of the config, and those that were registered by the API. */
export class Enlisted {
  readonly #options: EnlistedOptions;

  constructor(options: EnlistedOptions) {
    this.#options = options;
  }

  /** One that has become wrong, because the config has changed, must not keep the others from running: it is left out. */
  all(config: Pick<Config, "processes" | "process_defaults">): OwnedProcess[] {
    const owned: OwnedProcess[] = config.processes.map((process) => ({ config: process, origin: "config" }));
    let waiting = this.#options.store.registered();
    // They may depend on each other, and their order says nothing.
    for (let before = -1; waiting.length > 0 && waiting.length !== before;) {
      before = waiting.length;
      waiting = waiting.filter((process) => {
        const parsed = this.#parse(process, config.process_defaults, owned);
        if ("error" in parsed) return true;
        owned.push({ config: parsed.config, origin: "api" });
        return false;
      });
    }
    for (const process of waiting) {
      const parsed = this.#parse(process, config.process_defaults, owned);
      const reason = "error" in parsed ? messageOf(parsed.error) : "it depends on another of these";
      this.#options.log.error("registered process cannot be run", { process: process.id, reason });
    }
    return owned;
  }

  /** Checks one that is to be registered; it may replace an earlier one of the same id. */
  check(item: unknown, config: Pick<Config, "processes" | "process_defaults">): ProcessConfig {
    const { id } = typeof item === "object" && item !== null && "id" in item ? item : { id: "" };
    const others = this.all(config).filter((owned) => owned.origin === "config" || owned.config.id !== id);
    return parseProcess(item, {
      defaults: config.process_defaults,
      others: others.map((owned) => owned.config),
      agent: this.#options.agent,
    });
  }

  #parse({ item }: RegisteredProcess, defaults: Config["process_defaults"], owned: readonly OwnedProcess[]) {
    try {
      const others = owned.map(({ config }) => config);
      return { config: parseProcess(item, { defaults, others, agent: this.#options.agent }) };
    } catch (error) {
      return { error };
    }
  }
}
