import { type AnyRoute, defineRawRoute, defineRoute, sinceOf, wholeNumberOf } from "../../../http/mod.ts";
import { eventList, eventsQuery, eventsStreamQuery } from "../../../protocol/mod.ts";
import type { EventLog } from "./event_log.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** The events, which may have to be fetched first. */
export interface EventSourceOfRoutes {
  nowMs(): number;
  list(query: Parameters<EventLog["list"]>[0]): ReturnType<EventLog["list"]> | Promise<ReturnType<EventLog["list"]>>;
  stream(...given: Parameters<EventLog["stream"]>): Response | Promise<Response>;
}

/** What the control API has of the events. */
export function eventRoutes(events: EventSourceOfRoutes): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/events",
      summary: "Show what has happened to the processes, the latest events, oldest first",
      access: "owner",
      query: eventsQuery(),
      response: eventList,
      handle: ({ query: { after, limit, process, since } }) =>
        events.list({
          limit: limit === undefined ? DEFAULT_LIMIT : wholeNumberOf("limit", limit, { min: 1, max: MAX_LIMIT }),
          ...(after !== undefined && { after: seqOf("after", after) }),
          ...(process !== undefined && { process }),
          ...(since !== undefined && { sinceMs: sinceOf("since", since, events.nowMs()) }),
        }),
    }),
    defineRawRoute({
      method: "GET",
      path: "/v1/events/stream",
      summary: "Send what happens to the processes as server-sent events; Last-Event-ID goes before `after`",
      access: "owner",
      query: eventsStreamQuery(),
      produces: ["text/event-stream"],
      errors: ["rate_limited"],
      handle({ query: { after, process }, headers, signal }) {
        // A browser that connects again asks for the same address as before, and says here how far it has come.
        const last = headers.get("last-event-id") ?? "";
        const [name, text] = last === "" ? ["after", after] : ["Last-Event-ID", last];
        const from = text === undefined ? {} : { after: seqOf(name, text) };
        return events.stream({ ...from, ...(process !== undefined && { process }) }, signal);
      },
    }),
  ];
}

function seqOf(name: string, text: string): number {
  return wholeNumberOf(name, text, { min: 0, max: Number.MAX_SAFE_INTEGER });
}
