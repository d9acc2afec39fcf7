import { join } from "node:path";
import { AppError, type Clock } from "../core/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import { openStore, type Store } from "./store/mod.ts";

export interface LateStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once it is open, before anything that depends on it starts. */
  readonly onOpen: (store: Store) => Promise<void>;
}

/**
 * The store, which is opened by its component's start and not before, since only one manager may have it open. All that
 * needs it is made before that, and given a stand-in for each of its parts; whoever depends on the component can use it.
 */
export function createLateStore({ dataDir, clock, log, onOpen }: LateStoreOptions) {
  let open: Store | undefined;
  let stopping: Promise<void> | undefined;
  const opened = (): Store => {
    if (open !== undefined) return open;
    throw new AppError("unavailable", "The manager's database is not open: the manager is starting or stopping");
  };
  const close = async () => {
    const closing = open;
    open = undefined;
    await closing?.close();
  };
  const store: Store = {
    hosts: standIn(() => opened().hosts),
    joinTokens: standIn(() => opened().joinTokens),
    processes: standIn(() => opened().processes),
    events: standIn(() => opened().events),
    tasks: standIn(() => opened().tasks),
    settings: standIn(() => opened().settings),
    users: standIn(() => opened().users),
    sessions: standIn(() => opened().sessions),
    apiTokens: standIn(() => opened().apiTokens),
    audit: standIn(() => opened().audit),
    facts: standIn(() => opened().facts),
    recordings: standIn(() => opened().recordings),
    report: () => opened().report(),
    close: () => opened().close(),
  };
  const component: Component = {
    name: "store",
    dependsOn: ["instance"],
    async start(signal) {
      signal.throwIfAborted();
      open = openStore({ path: join(dataDir, "manager.db"), clock, log });
      await onOpen(store);
    },
    stop: () => stopping ??= close().finally(() => stopping = undefined),
  };
  return { store, component };
}

/** Has every method of what `target` gives when it is called. */
function standIn<T extends object>(target: () => T): T {
  const get = (_: T, name: PropertyKey) => {
    const real = target();
    const value: unknown = Reflect.get(real, name);
    return typeof value === "function" ? value.bind(real) : value;
  };
  return new Proxy<T>({} as T, { get }); // sound: whatever is asked of it, the real one answers
}
