/**
 * manager/events (L3): what has happened to processes, hosts, tasks and the manager itself: taken in, kept in the store,
 * told to whoever listens, and forgotten when there are too many or they are too old.
 *
 * Lifecycle: one component, `events`, with one timer for forgetting. `publish` works from construction on; a stop lets
 * what was taken in be written first. What is published while a write is under way is written together in the next one,
 * so ten thousand hosts that come back at once are a few transactions.
 *
 * To add one more kind of event: FLEET_EVENT_KINDS of protocol. May import: core, log, protocol, lifecycle.
 *
 * @module
 */
export { type EventListQuery, Events, type EventsOptions, type EventsPage, type EventsReport } from "./events.ts";
export type { EventsPorts, EventStorePort, StoredEventQuery } from "./ports.ts";
