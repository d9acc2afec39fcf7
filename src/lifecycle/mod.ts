/**
 * lifecycle (L2): starts, watches and stops the long-lived parts of a program. Of use to any program, not just this one.
 *
 * ```ts
 * const lifecycle = createLifecycle({ clock: systemClock, logger });
 * lifecycle.register(store);                    // { name, dependsOn?, start(signal), stop(signal), validate?(signal) }
 * lifecycle.register(server);                   // dependsOn: ["store"]
 * await lifecycle.start(signal);                // the store first; on failure everything is stopped again
 * lifecycle.report("store", "degraded", "disk nearly full");
 * const report = await lifecycle.stop();        // the server first; 30 s for all; says what would not stop
 * ```
 *
 * Lifecycle: one manager runs its components once, from `idle` over `starting` and `running` to `stopping` and `stopped`;
 * for another start make another manager. A component starts as soon as those that it depends on are up, and is stopped as
 * soon as those that depend on it have ended, so that nothing waits for what does not concern it. When the deadline of a
 * stop passes, every signal is aborted; a component that does not end within 200 ms of that is named as stuck and left
 * behind, and those below it are stopped in their turn. After a stop no timer remains.
 *
 * To add one more component: a class or function that gives a `Component` and keeps the guarantees in component.ts, a test
 * that runs `componentContract` from tests/contract/component_suite.ts over it, and one `register` where the program is
 * composed. May import: core, log.
 *
 * @module
 */
export { type Component, COMPONENT_STATES, type ComponentState, type ComponentStatus } from "./component.ts";
export { createLifecycle, type Lifecycle, type LifecycleOptions, type StopOptions } from "./lifecycle.ts";
export type { StopReport } from "./shutdown.ts";
export type { StatusListener } from "./status_table.ts";
