/**
 * agent/tasks (L3): makes the requests that the manager owes this host, each once, whatever is lost on the way: a task is
 * written down durably before it begins, its key is remembered, and its result is told until the manager has it.
 *
 * Lifecycle: the component `tasks` reports, when it starts, what an earlier agent had begun and not ended, and goes on
 * with what it had not begun. When it stops it breaks off what runs and writes down that it has.
 *
 * `tasks.ts` decides, `task_store.ts` is the database, `task_results.ts` tells results, `outcome.ts` makes a result of an
 * answer. To add one more outcome: protocol/uplink/tasks.ts, then `tasks.ts`.
 *
 * May import: core, log, protocol, platform, lifecycle, http, database.
 *
 * @module
 */
export type { TaskPorts } from "./ports.ts";
export { taskRoutes } from "./routes.ts";
export { Tasks, type TasksOptions } from "./tasks.ts";
