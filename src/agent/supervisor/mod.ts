/**
 * agent/supervisor (L3): keeps programs running: starts them in order, watches, measures, restarts and stops them as
 * whole trees, looks after their logs, and remembers what happened. The programs outlive the agent, and the next agent
 * takes them over.
 *
 * Lifecycle: the component `supervisor` takes over what an earlier agent has left, then starts what is to run. When it
 * stops it lets go of everything but the programs: ending those is another matter (`beforeLeaving`). What a process
 * does next is decided in `unit/life.ts` and `policy/`, which are pure; `unit/unit.ts` does it.
 *
 * In it: `spec` makes specs of the config; `unit` runs one process; `policy` decides; `probes`, `heartbeats`, `usage`
 * watch; `limits`, `logs`, `store`, `events`, `external` are what their names say, and `logs/search` looks through all
 * that logs ever had; `serving` answers the control API; `equipment.ts` puts these together and `keeper.ts` runs them,
 * read only when there is a process.
 *
 * To add one more kind of probe: its target in `spec/process_spec.ts`, its try in `probes`, its keys in
 * `config/schema/process_health.ts`. One more state: `protocol`, then `unit/life.ts`, where the compiler names the rest.
 *
 * May import: core, log, config, protocol, platform, lifecycle, http, database.
 *
 * @module
 */
export { supervisorRoutes } from "./serving/routes.ts";
export type { Left, SupervisedConfig } from "./ports.ts";
export { Supervisor } from "./supervisor.ts";
