import { type Clock, messageOf, VERSION } from "../core/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import type { NewFleetEvent } from "../protocol/mod.ts";

export interface OwnEventsOptions {
  readonly publish: (events: readonly NewFleetEvent[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The component that tells the fleet's events when the manager came and went: what explains all hosts being away. */
export function createOwnEvents({ publish, clock, log }: OwnEventsOptions, dependsOn: readonly string[]): Component {
  let isTold = false;

  async function tell(state: string, message: string): Promise<void> {
    const event: NewFleetEvent = { timeMs: clock.nowMs(), kind: "manager", level: "info", state, message };
    // It is news, and no reason for a manager to fail.
    await publish([event]).catch((error) => log.warn("own event not kept", { reason: messageOf(error) }));
  }

  return {
    name: "own-events",
    dependsOn,
    async start(signal) {
      signal.throwIfAborted();
      isTold = true;
      await tell("started", `the manager has started, version ${VERSION}`);
    },
    async stop() {
      if (!isTold) return;
      isTold = false;
      await tell("stopping", "the manager stops");
    },
  };
}
