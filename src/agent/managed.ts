import type { Config } from "../config/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import type { ManagerLink } from "../protocol/mod.ts";

/** What an agent with a manager has besides, once it is there; compose_uplink.ts makes it. */
export interface ManagedParts {
  /** In the order of their start. */
  readonly tasks: Component;
  readonly uplink: Component;
  status(): ManagerLink;
  reloaded(config: Config): void;
}

/**
 * Stands for the parts that only an agent with a manager has, and reads them when the first of them starts: an agent that
 * works alone carries none of it.
 */
export class Managed {
  readonly #make: () => Promise<ManagedParts>;
  #parts: ManagedParts | undefined;
  #making: Promise<ManagedParts> | undefined;

  constructor(make: () => Promise<ManagedParts>) {
    this.#make = make;
  }

  components(dependsOn: readonly string[]): Component[] {
    return [this.#component("tasks", dependsOn), this.#component("uplink", ["tasks"])];
  }

  /** Undefined until it has started. */
  status(): ManagerLink | undefined {
    return this.#parts?.status();
  }

  reloaded(config: Config): void {
    this.#parts?.reloaded(config);
  }

  #component(name: "tasks" | "uplink", dependsOn: readonly string[]): Component {
    return {
      name,
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        this.#parts = await (this.#making ??= this.#make());
        await this.#parts[name].start(signal);
      },
      stop: async (signal) => await this.#parts?.[name].stop(signal),
    };
  }
}
