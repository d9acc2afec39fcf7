import * as z from "zod/mini";

/** What existing agents send to POST /heartbeat, and what they are answered. */
export const heartbeatRequest = () =>
  z.object({
    agent_id: z.string().check(z.minLength(1), z.maxLength(80)),
    pid: z.int().check(z.minimum(1)),
    status: z.optional(z.string().check(z.maxLength(256))),
    cpu: z.optional(z.number()),
    memory: z.optional(z.number()),
    timestamp: z.optional(z.union([z.number(), z.string().check(z.maxLength(64))])),
  });
export type HeartbeatRequest = z.output<ReturnType<typeof heartbeatRequest>>;

export const heartbeatAnswer = () => z.object({ success: z.boolean(), message: z.string(), timestamp: z.string() });
export type HeartbeatAnswer = z.output<ReturnType<typeof heartbeatAnswer>>;

/** What they send over a Unix socket, a line each. */
export const heartbeatLine = () =>
  z.object({
    pid: z.int().check(z.minimum(1)),
    timestamp: z.optional(z.union([z.number(), z.string().check(z.maxLength(64))])),
    version: z.optional(z.string().check(z.maxLength(256))),
    status: z.optional(z.string().check(z.maxLength(256))),
    cpu: z.optional(z.number()),
    memory: z.optional(z.number()),
  });
export type HeartbeatLine = z.output<ReturnType<typeof heartbeatLine>>;
