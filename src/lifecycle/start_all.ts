import type { Component } from "./component.ts";

export interface StartEvents {
  starting(name: string): void;
  started(name: string): void;
  failed(name: string, error: unknown): void;
}

export interface StartRun {
  /** Resolves once no start is in progress and none will be begun. */
  readonly done: Promise<unknown>;
  /** For each component whose start was called: resolves, and never rejects, once that call has settled. */
  readonly attempts: ReadonlyMap<string, Promise<unknown>>;
}

/**
 * Starts each component as soon as those that it depends on are up, whatever the others are doing. Once the signal is
 * aborted, as the caller does at the first failure, no further one is started. `order` has each component after its
 * dependencies.
 */
export function startAll(order: readonly Component[], signal: AbortSignal, events: StartEvents): StartRun {
  const attempts = new Map<string, Promise<void>>();
  const starts = new Map<string, Promise<void>>();

  const attempt = async (component: Component): Promise<void> => {
    const settled = Promise.withResolvers<void>();
    attempts.set(component.name, settled.promise);
    events.starting(component.name);
    try {
      await component.start(signal);
      events.started(component.name);
    } catch (error) {
      events.failed(component.name, error);
    } finally {
      settled.resolve();
    }
  };
  const startOne = async (component: Component): Promise<void> => {
    await Promise.all((component.dependsOn ?? []).map((need) => starts.get(need)));
    if (!signal.aborted) await attempt(component);
  };
  for (const component of order) starts.set(component.name, startOne(component));
  return { done: Promise.all(starts.values()), attempts };
}
