/**
 * manager/tasks (L3): operations that the manager owes its hosts: kept in the store before anything is sent, delivered when
 * the host is there, done at most once (the host remembers the ids), with a state that says what is known.
 *
 *   queued     it has not left the manager
 *   sent       it was handed to the tunnel: the host may have it. Delivered again until the host says that it has
 *   running    the host has begun it
 *   done, failed, cancelled   as the host has said; failed too when the host refuses it, or never says what became of it
 *   expired    the host did not begin it in time
 *
 * Lifecycle: one component, `tasks`, with one timer. It reads what has not ended when it starts and goes on with it: what
 * may have been sent is delivered again, which a host that has it answers the same. `hostArrived` makes it look at a
 * host, `hostRemoved` forget it, `result` takes what a host reports. life.ts is the pure policy, schedule.ts says whose
 * turn it is, delivery.ts speaks to the host, dispatcher.ts puts them together, tasks.ts is what the API uses.
 *
 * A task that its host has can be called back only by the host: `cancel` asks it, and says so where it cannot be asked.
 *
 * To add one more kind of operation: a route of the agent in protocol/uplink/route_access.ts, nothing here. One more state or
 * event: TASK_STATES of protocol and life.ts, where the compiler names the rest; a row in its test.
 *
 * May import: core, log, protocol, http, lifecycle.
 *
 * @module
 */
export type { NewTaskHost, TaskPage, TasksPorts, TasksQuery, TaskStorePort } from "./ports.ts";
export { Tasks, type TasksOptions, type TasksReport } from "./tasks.ts";
