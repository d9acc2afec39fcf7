import * as z from "zod/mini";
import { fleetEvent, hostView } from "./hosts.ts";
import { task } from "./tasks.ts";

/**
 * `/api/v1/live`: one WebSocket for a browser or a script, JSON text messages both ways. A browser opens it with a ticket
 * in the address, `?ticket=…`; who sends a bearer's token needs none.
 */

export const LIVE_PATH = "/api/v1/live";

export const liveQuery = () => z.strictObject({ ticket: z.optional(z.string().check(z.maxLength(200))) });

/** With what the manager closes such a WebSocket; an application may use 1000 and 4000 to 4999 only. */
export const LIVE_CLOSE_CODES = {
  /** The manager stops; connect again. */
  normal: 1000,
  /** The session or token has ended. */
  unauthorized: 4001,
  /** Nothing was read for too long. */
  too_slow: 4008,
  /** Too many or too large messages. */
  too_much: 4009,
} as const;

export const liveRequest = () =>
  z.discriminatedUnion("type", [
    /** Replaces what was subscribed to before. `hosts`: these ids, or "all" that the caller may see. */
    z.strictObject({
      type: z.literal("subscribe"),
      hosts: z.optional(
        z.union([z.literal("all"), z.array(z.string().check(z.maxLength(64))).check(z.maxLength(1_000))]),
      ),
      events: z.optional(z.boolean()),
      tasks: z.optional(z.boolean()),
    }),
    z.strictObject({ type: z.literal("ping") }),
  ]);
export type LiveRequest = z.output<ReturnType<typeof liveRequest>>;

export const liveMessage = () =>
  z.discriminatedUnion("type", [
    /**
     * All of the subscribed hosts, after subscribing and whenever the caller's rights have changed, in `of` parts; the
     * one with part 1 replaces all that was told before.
     */
    z.object({ type: z.literal("hosts"), hosts: z.array(hostView()), part: z.number(), of: z.number() }),
    /** Those that have changed since, at most once a second; a slow reader is told of fewer, later, never of stale ones. */
    z.object({ type: z.literal("changes"), hosts: z.array(hostView()), removed: z.array(z.string()) }),
    z.object({ type: z.literal("event"), event: fleetEvent() }),
    z.object({ type: z.literal("task"), task: task() }),
    z.object({ type: z.literal("error"), code: z.number(), message: z.string() }),
    z.object({ type: z.literal("pong") }),
  ]);
export type LiveMessage = z.output<ReturnType<typeof liveMessage>>;
