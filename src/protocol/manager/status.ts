import * as z from "zod/mini";
import { componentReport } from "../control.ts";
import { epochMs } from "../samples/units.ts";
import { HOST_STATES } from "./hosts.ts";

/** `GET /api/v1/status` of the manager, and of its control socket. */
export const managerStatus = () =>
  z.object({
    state: componentReport.shape.state,
    managerId: z.string(),
    pid: z.number(),
    version: z.string(),
    commit: z.optional(z.string()),
    target: z.string(),
    startedMs: epochMs(),
    uptimeMs: z.number(),
    hostname: z.string(),
    config: z.object({ file: z.nullable(z.string()), warnings: z.array(z.string()) }),
    paths: z.object({ dataDir: z.string(), pidFile: z.string(), logFile: z.string(), socket: z.string() }),
    /** Where people and agents reach it. */
    listen: z.string(),
    url: z.string(),
    caFingerprint: z.optional(z.string()),
    setupNeeded: z.boolean(),
    hosts: z.record(z.enum(HOST_STATES), z.number()),
    sessions: z.number(),
    memory: z.object({ rssBytes: z.number(), heapUsedBytes: z.number() }),
    components: z.array(componentReport),
  });
export type ManagerStatus = z.output<ReturnType<typeof managerStatus>>;

/** `POST /v1/setup-link`, on the control socket only: the one-time link for the first admin; null once there is a user. */
export const setupLink = () => z.object({ link: z.nullable(z.string()) });
