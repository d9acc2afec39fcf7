/**
 * manager/log_search (L3): one search over the logs of many hosts. The hosts search their own files; here their answers
 * come together: so many hosts at once, their matches merged by time, the newest first, and no more of them kept than
 * are wanted, however slowly they are taken.
 *
 *   fleet_merge.ts   the order of matches from hosts that are fast, slow or silent; pure
 *   host_search.ts   one host's answer, believed in nothing: its lines are checked, bounded and timed
 *   fleet_search.ts  asks the hosts, tells how each is doing, and stops those that cannot add anything any more
 *
 * Lifecycle: a search lives as long as somebody takes its lines, 15 minutes at most; there is no component.
 *
 * To add one more state of a host: SEARCH_HOST_STATES of protocol, and where fleet_search.ts tells it.
 *
 * May import: core, protocol, http.
 *
 * @module
 */
export { FleetSearch, type FleetSearchDeps, type FleetSearchRequest, type SearchedHost } from "./fleet_search.ts";
export type { HostsPort } from "./ports.ts";
