import type { AnyRoute } from "../../../http/mod.ts";
import { eventRoutes } from "../events/event_routes.ts";
import type { Supervisor } from "../supervisor.ts";
import { logRoutes } from "./log_routes.ts";
import { processRoutes } from "./process_routes.ts";
import { searchRoutes } from "./search_routes.ts";

/** All that the control API has of the supervisor. */
export function supervisorRoutes(supervisor: Supervisor, nowMs: () => number): AnyRoute[] {
  return [
    ...processRoutes(supervisor),
    ...logRoutes(supervisor, nowMs),
    ...searchRoutes(supervisor, nowMs),
    ...eventRoutes({
      nowMs,
      list: async (query) => (await supervisor.keeper()).equipment.events.list(query),
      stream: async (request, signal) => (await supervisor.keeper()).equipment.events.stream(request, signal),
    }),
  ];
}
